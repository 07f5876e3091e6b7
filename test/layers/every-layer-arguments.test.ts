// Every layer keeps the laws of arguments: one of each class, and of what it cannot do.
import { argumentLaws } from "../support/argument-laws.js";
import { layers } from "../support/every-layer.js";
import { describeSubjects } from "../support/layer-laws.js";

const kindOf = ({ title, cannot }: (typeof layers)[number]): string => `${title.split(" ")[0]} ${cannot?.join()}`;
const kinds = new Map(layers.map((each) => [kindOf(each), each]));

describeSubjects("every layer", [...kinds.values()], argumentLaws);
