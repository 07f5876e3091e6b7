// Every layer keeps the laws of documents, padding and batches.
import { documentLaws } from "../support/document-laws.js";
import { layers } from "../support/every-layer.js";
import { describeSubjects } from "../support/layer-laws.js";

describeSubjects("every layer", layers, documentLaws);
