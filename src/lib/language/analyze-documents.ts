import type { JobRequest } from "./analysis.ts";
import { readJobPage } from "./analyze-text.ts";
import type { ApiVersion } from "./api-versions.ts";
import type { Generation, TaskItem, WireDocument } from "./generation.ts";

/**
 * The wire of native documents: `/language/analyze-documents/jobs`. The service reads the blobs and writes what it found,
 * and a redacted copy, as blobs: both by its own identity, so no address here holds a credential
 * (`specification/cognitiveservices/data-plane/LanguageAnalyzeDocuments` of azure-rest-api-specs).
 */
export function analyzeDocuments(version: ApiVersion): Generation {
  const at = (endpoint: string, rest: string): URL => {
    const url = new URL(`${endpoint}/language/analyze-documents/jobs${rest}`);
    url.searchParams.set("api-version", `${version.date}${version.preview ? "-preview" : ""}`);
    return url;
  };
  return {
    submitUrl: (endpoint) => at(endpoint, ""),
    jobUrl: (endpoint, jobId) => {
      const url = at(endpoint, `/${encodeURIComponent(jobId)}`);
      url.searchParams.set("top", String(DOCUMENTS_PER_PAGE));
      return url;
    },
    body,
    readPage: (answer) => {
      const page = readJobPage(answer);
      return { ...page, items: page.items.map(oneSpelling) };
    },
  };
}

/** As many as a job can hold. */
const DOCUMENTS_PER_PAGE = 40;

function body({ displayName, defaultLanguage, documents, tasks }: JobRequest): object {
  return {
    displayName,
    defaultLanguage,
    analysisInput: {
      documents: documents.map(({ id, language, native }) => {
        if (native === undefined) throw new RangeError(`Document ${id} of a native job has no blob`);
        return {
          id,
          language,
          source: { kind: "AzureBlob", location: native.source },
          target: { kind: "AzureContainerFolder", location: native.target },
        };
      }),
    },
    tasks: tasks.map(({ kind, name, parameters }) => ({ kind, taskName: name, parameters })),
  };
}

/** The specification calls the list of files `target`, the guide's sample answers `targets`. */
function oneSpelling(item: TaskItem): TaskItem {
  return {
    ...item,
    documents: item.documents.map(
      ({ targets, target = targets, ...document }): WireDocument => ({ ...document, target }),
    ),
  };
}
