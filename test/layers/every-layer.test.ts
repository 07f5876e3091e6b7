// Every layer keeps the laws of time.
import { layers } from "../support/every-layer.js";
import { describeSubjects } from "../support/layer-laws.js";
import { timeLaws } from "../support/time-laws.js";

describeSubjects("every layer", layers, timeLaws);
