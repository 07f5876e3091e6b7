// The command `train`: a model learns a task, saved as it goes, and gone on with where it was left.
import { currentBackend, init, train as training } from "../index.js";
import { turn, whenInterrupted } from "./interrupt.js";
import { Progress } from "./progress.js";
import type { TrainRequest } from "./train-arguments.js";
import { TrainingFolder } from "./training/folder.js";
import { baselinesOf, baselinesText } from "./training/baselines.js";
import { filesOf, modelOf } from "./training/model.js";
import { meansText, Report, timeText } from "./training/report.js";
import { type Settings, settingsOf } from "./training/settings.js";
import { taskOf } from "./training/tasks.js";

/** Prints what came of it; returns the exit code. */
export async function train({ out, saveEvery, threads, given }: TrainRequest): Promise<number> {
  await init(threads === undefined ? {} : { threads });
  const folder = new TrainingFolder(out);
  const begun = folder.begun();
  const settings = settingsOf(given, begun);
  const task = taskOf(settings);
  const model = modelOf(settings, task);
  const own = new training.Training(training.trainable(model), task, optionsOf(settings));
  const progress = new Progress(process.stderr);
  const leave = folder.enter();
  const done = whenInterrupted(() => {
    folder.save(own);
    leave();
    progress.line(`saved at step ${own.progress.step} of ${own.steps}; ssm-scan train --out ${out} goes on`);
  });
  try {
    folder.resume(own);
    if (begun === undefined) folder.begin(settings);
    progress.line(headline(settings, own));
    if (own.progress.test !== null) progress.line("it is over; another --out begins another");
    else if (own.progress.step > 0) progress.line(`goes on after step ${own.progress.step}`);
    const session = { own, folder, report: new Report(own, progress) };
    await learn(session, () => { folder.saveModel(filesOf(model, settings)); }, 1000 * saveEvery);
    if (own.progress.test === null) await examine(session, settings);
  } finally {
    done();
    leave();
    progress.end();
  }
  const { best, test, seconds, epoch } = own.progress;
  const { baselines = {} } = own.log.at(-1)!;
  console.log(`test: ${meansText(test!, task)}${baselinesText(baselines)}, by the parameters of epoch ${best!.epoch}; ${epochsText(epoch)} in ${timeText(seconds)}; ${folder.model}`);
  return 0;
}

/** A training of the command, and where it is saved and shown. */
interface Session {
  own: training.Training;
  folder: TrainingFolder;
  report: Report;
}

/** Trains to the end; saves at each epoch, and whenever so many milliseconds are over. */
async function learn({ own, folder, report }: Session, saveModel: () => void, patience: number): Promise<void> {
  let saved = performance.now();
  let told = own.log.length;
  for await (const event of training.fit(own)) {
    report.event(event);
    for (; told < own.log.length; told++) {
      folder.tell(own.log[told]!);
      report.entry(own.log[told]!);
    }
    if (event.kind === "epoch" && event.best === true) saveModel();
    if (event.kind === "epoch" || (event.kind === "step" && performance.now() - saved >= patience)) {
      folder.save(own);
      saved = performance.now();
    }
  }
}

/** Judges the best parameters by the test set. */
async function examine({ own, folder, report }: Session, settings: Settings): Promise<void> {
  own.takeBest();
  let means: training.Means = { loss: 0, accuracy: 0 };
  for (const { done, ...found } of own.evaluate(own.task.test)) {
    means = found;
    report.test(done, own.task.test.count);
    await turn();
  }
  folder.tell(own.end(means, baselinesOf(settings, own.task)));
  folder.save(own);
}

function headline({ task, layers, layer }: Settings, { model, steps, options }: training.Training): string {
  const count = Object.values(model.parameters()).reduce((sum, { data }) => sum + data.length, 0);
  return `${task}: ${layers} x ${layer}, ${count} parameters; ${steps} steps in ${epochsText(options.epochs)}; on ${currentBackend().name}`;
}

const epochsText = (count: number): string => `${count} ${count === 1 ? "epoch" : "epochs"}`;

function optionsOf(settings: Settings): training.TrainingOptions {
  const { batch, epochs, lr, "system-rate": systemRate, "weight-decay": weightDecay, warmup, clip, patience, seed } = settings;
  return { batch, epochs, learningRate: lr, systemRate, weightDecay, warmup: Math.min(warmup, epochs / 2), clip, patience: patience ?? Infinity, seed };
}
