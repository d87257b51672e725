import * as z from "zod";
import type { Route } from "../../http/call.ts";
import { requireProject } from "../../projects/authoring.ts";
import { isTraining, type Operation, type TrainWork } from "../../projects/operations/operation.ts";
import { resourceName } from "../../projects/project-file.ts";
import { invalidArgument, operationNotFound } from "../../projects/refusals.ts";
import { startTraining } from "../../projects/start-training.ts";
import type { EvaluationOptions } from "../../projects/training/test-model.ts";
import { type AuthoringRuntime, readBody } from "../route.ts";
import { accepted, currentRoute, listPage } from "./call.ts";
import { writeTraining } from "./write.ts";

const percentage = z.int().min(1).max(99);
const trainBody = z.looseObject({
  modelLabel: resourceName,
  trainingConfigVersion: z.string(),
  evaluationOptions: z
    .looseObject({
      kind: z.enum(["percentage", "manual"]).default("percentage"),
      trainingSplitPercentage: percentage.nullish(),
      testingSplitPercentage: percentage.nullish(),
    })
    .nullish(),
});

/** Trainings: start, list, status, cancel. */
export function trainingRoutes(runtime: AuthoringRuntime): Route[] {
  const { authoring } = runtime;
  const { clock, operations } = authoring;
  const route = currentRoute(runtime);

  const find = (project: string, id: string): Operation & { work: TrainWork } => {
    const operation = operations.find("current", project, id);
    if (!isTraining(operation)) throw operationNotFound(id);
    return operation;
  };

  return [
    route("POST", "/{projectName}/:train", "train", async (call, project) => {
      const body = readBody(trainBody, call.body);
      const request = {
        project,
        modelLabel: body.modelLabel,
        configVersion: body.trainingConfigVersion,
        options: evaluationOptions(body.evaluationOptions),
      };
      const { id } = await startTraining(authoring, "current", request, call.plan);
      return accepted(call, `/${project}/train/jobs/${id}`);
    }),

    route("GET", "/{projectName}/train/jobs", "authoringRead", (call, project) => {
      requireProject(authoring, project);
      const trainings = operations.all("current", project).filter(isTraining);
      return listPage(call, trainings, (training) => writeTraining(training, clock.now()));
    }),

    route("GET", "/{projectName}/train/jobs/{jobId}", "authoringStatus", (_call, project, id) => ({
      status: 200,
      body: writeTraining(find(project, id), clock.now()),
    })),

    route("POST", "/{projectName}/train/jobs/{jobId}/:cancel", "cancelTraining", (call, project, id) => {
      operations.cancel(find(project, id));
      return accepted(call, `/${project}/train/jobs/${id}`);
    }),
  ];
}

/** 80 and 20 percent unless told otherwise. @throws ServiceError 400 when they are not 100 together */
function evaluationOptions(given: z.infer<typeof trainBody>["evaluationOptions"]): EvaluationOptions {
  if (given?.kind === "manual") return { kind: "manual" };
  const { trainingSplitPercentage: training, testingSplitPercentage: testing } = given ?? {};
  const trainingSplitPercentage = training ?? 100 - (testing ?? 20);
  const testingSplitPercentage = testing ?? 100 - trainingSplitPercentage;
  if (trainingSplitPercentage + testingSplitPercentage !== 100) {
    throw invalidArgument("The training and testing split percentages must be 100 together.", "evaluationOptions");
  }
  return { kind: "percentage", trainingSplitPercentage, testingSplitPercentage };
}
