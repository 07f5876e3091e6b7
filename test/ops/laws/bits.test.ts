// The same call gives the same bits, however its inputs are spread.
import { expectSameBits } from "../../support/close.js";
import { describeEvery, drawnCall, law } from "../../support/law.js";
import { concat } from "../../support/pieces.js";
import { generator } from "../../support/random.js";
import { randomInputs, type Spread } from "../../support/scans.js";

describeEvery("bits", (scan, dtype) => {
  law("a call repeated gives the same bits", drawnCall(scan), ({ dims, seed }) => {
    const given = randomInputs(scan, generator(seed), dtype, dims);
    const [one, other] = [scan.run(given, dims), scan.run(given, dims)];
    expectSameBits("h", other.h, one.h);
    expectSameBits("state", other.state, one.state);
  });

  law("an `a` that is shared gives the bits of one that is repeated", drawnCall(scan), ({ dims, seed, at }) => {
    const spread: Spread = at < 0.5 ? "length" : "none";
    const given = randomInputs(scan, generator(seed), dtype, dims, { spread });
    const copies = spread === "length" ? dims.batch : dims.batch * dims.length;
    const a = given.a.map((plane) => concat(plane, Array.from({ length: copies }, () => plane)));
    const [shared, repeated] = [scan.run(given, dims), scan.run({ ...given, a }, dims)];
    expectSameBits("h", shared.h, repeated.h);
    expectSameBits("state", shared.state, repeated.state);
  });

  law("a sequence gives the same bits in any batch", drawnCall(scan), ({ dims: { length, channels }, seed }) => {
    const dims = { batch: 3, length, channels };
    const given = randomInputs(scan, generator(seed), dtype, dims);
    const whole = scan.run(given, dims);
    for (let n = 0; n < 3; n++) {
      const own = (planes: typeof given.a) => planes.map((plane) => plane.slice((n * plane.length) / 3, ((n + 1) * plane.length) / 3));
      const alone = scan.run({ a: own(given.a), b: own(given.b), state: own(given.state) }, { ...dims, batch: 1 });
      expectSameBits("h", own(whole.h), alone.h);
      expectSameBits("state", own(whole.state), alone.state);
    }
  });
});
