import { z } from "zod";
import { cursorSchema, limitSchema, pipelineParameter, prefixParameter } from "./common-schemas.ts";
import { documentAnswerSchema, healthAnswerSchema } from "./document-schemas.ts";
import { pipelinesAnswerSchema } from "./pipeline-schemas.ts";
import { route } from "./route.ts";

const nothing = z.object({});
const anyJson = z.looseObject({});
const acceptedSchema = z.object({ id: z.string(), statusQueryGetUri: z.string() });

/** Every HTTP call of the app, by the name of its function: what registers them, and `GET /api/openapi.json`, read them here. */
export const routes = {
  health: route({
    name: "health",
    method: "GET",
    route: "health",
    authLevel: "anonymous",
    summary: "Whether the app can do its work, and what is wrong",
    query: nothing,
    answers: { 200: healthAnswerSchema, 503: healthAnswerSchema },
  }),
  openapi: route({
    name: "openapi",
    method: "GET",
    route: "openapi.json",
    authLevel: "function",
    summary: "This document",
    query: nothing,
    answers: { 200: anyJson },
  }),
  pipelines: route({
    name: "pipelines",
    method: "GET",
    route: "pipelines",
    authLevel: "function",
    summary: "Where the pipelines stand: what waits, runs, is held up and why, pace, cost",
    query: z.object({ limit: limitSchema(100, 100), cursor: cursorSchema }),
    answers: { 200: pipelinesAnswerSchema },
  }),
  documents: route({
    name: "documents",
    method: "GET",
    route: "documents/{*name}",
    authLevel: "function",
    summary: "Where a document stands in each pipeline",
    query: nothing,
    answers: { 200: documentAnswerSchema },
  }),
  redrive: route({
    name: "redrive",
    method: "POST",
    route: "redrive",
    authLevel: "function",
    summary: "Documents that failed, and the failed tasks of documents that partially succeeded, again",
    query: z.object({ pipeline: pipelineParameter, prefix: prefixParameter }),
    answers: { 202: acceptedSchema },
  }),
  backfill: route({
    name: "backfill",
    method: "POST",
    route: "backfill",
    authLevel: "function",
    summary: "Documents that have no record of their current version",
    query: z.object({ pipeline: pipelineParameter, prefix: prefixParameter }),
    answers: { 202: acceptedSchema },
  }),
  requeueStatus: route({
    name: "requeueStatus",
    method: "GET",
    route: "requeues/{id}",
    authLevel: "function",
    summary: "How far a redrive or backfill has come",
    query: nothing,
    answers: { 200: anyJson, 202: anyJson },
  }),
  projectGet: route({
    name: "projectGet",
    method: "GET",
    route: "projects/{name}",
    authLevel: "function",
    summary: "A custom model: what runs, models, scores, deployments",
    query: nothing,
    answers: { 200: anyJson },
  }),
  projectPut: route({
    name: "projectPut",
    method: "PUT",
    route: "projects/{name}",
    authLevel: "admin",
    summary: "A project file, to be carried out",
    query: nothing,
    answers: { 202: acceptedSchema },
  }),
  projectTrain: route({
    name: "projectTrain",
    method: "POST",
    route: "projects/{name}/train",
    authLevel: "admin",
    summary: "Trains a project's model",
    query: nothing,
    answers: { 202: acceptedSchema },
  }),
  projectDeploy: route({
    name: "projectDeploy",
    method: "POST",
    route: "projects/{name}/deploy",
    authLevel: "admin",
    summary: "Deploys a project's model",
    query: nothing,
    answers: { 202: acceptedSchema },
  }),
  projectDelete: route({
    name: "projectDelete",
    method: "DELETE",
    route: "projects/{name}",
    authLevel: "admin",
    summary: "Deletes a project or parts of it",
    query: z.looseObject({}),
    answers: { 202: acceptedSchema },
  }),
};
