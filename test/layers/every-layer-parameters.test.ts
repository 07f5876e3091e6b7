// Every layer keeps the laws of parameters, options and files.
import { layers } from "../support/every-layer.js";
import { parameterLaws } from "../support/parameter-laws.js";
import { describeSubjects } from "../support/layer-laws.js";

describeSubjects("every layer", layers, parameterLaws);
