//! Probe.
mod support;
use support::*;
use ssm_scan_core::*;
fn probe<O: Operator>(name: &str, length: usize, channels: usize, gates: &mut dyn FnMut(&mut Random)->Vec<f64>, constant: bool, impulse: bool, chunks: &[usize]) {
    for impulse in [impulse] {
    let mut r = Random(7);
    let rows = if constant {1} else {length};
    let mut a: Planes<f32> = vec![vec![]; O::PLANES];
    for _ in 0..rows { let row = gates(&mut r); let w=row.len()/O::PLANES; for p in 0..O::PLANES { a[p].extend(row[p*w..(p+1)*w].iter().map(|x| *x as f32)); } }
    let mut noise = |n: usize, s: f64| -> Planes<f32> { (0..O::PLANES).map(|_| (0..n).map(|_| (s*r.normal()) as f32).collect()).collect() };
    let call = Call { dims: Dims{batch:1,length,channels}, a, b: noise(length*channels, if impulse {0.0} else {1.0}), state: noise(channels, 1.0), reverse:false, reset:None, cu_seqlens:None, lengths:None, deterministic:None };
    let t = truth::<O,f32>(&call);
    let s = error(&definition::<O,f32>(&call), &t);
    let mut line = format!("{name} L={length} C={channels} impulse={impulse} serial {s:.2e}:");
    for &chunk in chunks { let e = error(&run::<O,f32>(&call, Plan::Time{chunk}, best(2)), &t); line += &format!(" {chunk}: {e:.2e} ({:.1}x)", e/s); }
    println!("{line}");
    }
}
#[test] fn probe_all() {
    let chunks = [16, 256, 512, 2048, 16384];
    for imp in [false, true] {
    for m in [0.9999, 0.99999, 0.999999, 1.0] {
        probe::<Complex>(&format!("complex const |a|={m}"), 1<<18, 8, &mut |r| { let mut re=vec![]; let mut im=vec![]; for _ in 0..8 { let t=r.uniform(0.0,6.28); re.push(m*t.cos()); im.push(m*t.sin()); } re.extend(im); re }, true, imp, &chunks);
        probe::<Complex>(&format!("complex vary |a|={m}"), 1<<18, 8, &mut |r| { let mut re=vec![]; let mut im=vec![]; for _ in 0..8 { let t=r.uniform(0.0,6.28); re.push(m*t.cos()); im.push(m*t.sin()); } re.extend(im); re }, false, imp, &chunks);
    }
    for (x,y) in [(0.999,1.0),(0.9999,1.0),(0.99999,1.0),(0.999999,1.0)] {
        probe::<Linear>(&format!("linear const {x}..{y}"), 1<<18, 8, &mut |r| (0..8).map(|_| r.uniform(x,y)).collect(), true, imp, &chunks);
        probe::<Linear>(&format!("linear vary {x}..{y}"), 1<<18, 8, &mut |r| (0..8).map(|_| r.uniform(x,y)).collect(), false, imp, &chunks);
    }
    }
    for n in [2,4] {
        probe::<Matrix>("rotation const", 1<<17, n, &mut |r| { let mut m=vec![0.0;n*n]; for k in 0..n/2 { let t: f64=r.uniform(0.0,6.28); m[2*k*n+2*k]=t.cos(); m[2*k*n+2*k+1]=-t.sin(); m[(2*k+1)*n+2*k]=t.sin(); m[(2*k+1)*n+2*k+1]=t.cos(); } m }, true, false, &chunks);
    }
}
