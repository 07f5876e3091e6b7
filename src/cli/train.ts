// The command `train`: a model learns a task, saved as it goes, and gone on with where it was left.
import { currentBackend, init, train as training } from "../index.js";
import type { TrainRequest } from "./train-arguments.js";
import { whenInterrupted } from "./interrupt.js";
import { Progress } from "./progress.js";
import { TrainingFolder } from "./training/folder.js";
import { modelOf } from "./training/model.js";
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
  folder.resume(own);
  if (begun === undefined) folder.begin(settings);

  const progress = new Progress(process.stderr);
  const report = new Report(own, progress);
  const parameters = Object.values(model.parameters()).reduce((sum, { data }) => sum + data.length, 0);
  progress.line(`${settings.task}: ${settings.layers} x ${settings.layer}, ${parameters} parameters; ${own.steps} steps in ${own.options.epochs} epochs; on ${currentBackend().name}`);
  if (own.progress.step > 0) progress.line(`goes on after step ${own.progress.step}`);
  const done = whenInterrupted(() => {
    progress.end();
    folder.save(own);
    progress.line(`saved at step ${own.progress.step} of ${own.steps}; the same command goes on: ssm-scan train --out ${out}`);
  });
  try {
    let saved = performance.now();
    const save = (): void => {
      folder.save(own);
      saved = performance.now();
    };
    const tell = (entry: training.LogEntry): void => {
      folder.tell(entry);
      report.entry(entry);
    };
    let told = own.log.length;
    for await (const event of training.fit(own)) {
      if (event.kind === "validation") report.validation(event.done, event.of);
      else {
        if (event.kind === "step") report.step(event);
        for (; told < own.log.length; told++) tell(own.log[told]!);
        if (event.kind === "epoch" && event.best === true) folder.saveModel(model);
        if (event.kind === "epoch" || performance.now() - saved > 1000 * saveEvery) save();
      }
    }
    own.takeBest();
    if (own.progress.test === null) {
      let means: training.Means = { loss: 0, accuracy: 0 };
      for (const { done: judged, ...found } of own.evaluate(task.test)) {
        means = found;
        report.test(judged, task.test.count);
        await new Promise((resolve) => void setImmediate(resolve));
      }
      tell(own.end(means));
      save();
    }
    progress.end();
    const { best, test, seconds, epoch } = own.progress;
    console.log(`test: ${meansText(test!, task)}, of epoch ${best!.epoch}; ${epoch} epochs in ${timeText(seconds)}; ${folder.model}`);
    return 0;
  } finally {
    done();
    progress.end();
  }
}

function optionsOf(settings: Settings): training.TrainingOptions {
  const { batch, epochs, lr, "system-rate": systemRate, "weight-decay": weightDecay, warmup, clip, patience, seed } = settings;
  return { batch, epochs, learningRate: lr, systemRate, weightDecay, warmup: Math.min(warmup, epochs / 2), clip, patience: patience ?? Infinity, seed };
}
