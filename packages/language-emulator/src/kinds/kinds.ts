import {
  customAbstractiveSummarization,
  customEntityRecognition,
  customHealthcare,
  customMultiLabelClassification,
  customSentimentAnalysis,
  customSingleLabelClassification,
} from "./custom.ts";
import { entityLinking, entityRecognition } from "./entities.ts";
import { healthcare } from "./healthcare.ts";
import { keyPhraseExtraction } from "./key-phrase-extraction.ts";
import type { Kind, TaskKind } from "./kind.ts";
import { piiEntityRecognition } from "./pii-entity-recognition.ts";
import { sentimentAnalysis } from "./sentiment-analysis.ts";
import { abstractiveSummarization, extractiveSummarization } from "./summarization.ts";

/** Every analysis that the emulator answers. */
export const KINDS: Readonly<Record<TaskKind, Kind>> = {
  CustomSingleLabelClassification: customSingleLabelClassification,
  CustomMultiLabelClassification: customMultiLabelClassification,
  CustomEntityRecognition: customEntityRecognition,
  CustomHealthcare: customHealthcare,
  CustomSentimentAnalysis: customSentimentAnalysis,
  CustomAbstractiveSummarization: customAbstractiveSummarization,
  Healthcare: healthcare,
  EntityRecognition: entityRecognition,
  PiiEntityRecognition: piiEntityRecognition,
  KeyPhraseExtraction: keyPhraseExtraction,
  SentimentAnalysis: sentimentAnalysis,
  EntityLinking: entityLinking,
  ExtractiveSummarization: extractiveSummarization,
  AbstractiveSummarization: abstractiveSummarization,
};
