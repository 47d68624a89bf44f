using BenchmarkDotNet.Running;
using Llumnix.Benchmarks;

return args switch
{
    ["gate", ..] => AllocationGate.Run(),
    ["times", .. var parts] => DecisionTimes.Run(parts is [var part, ..] ? part : ""),
    ["tail", ..] => await RefreshTail.RunAsync(),
    _ => BenchmarkSwitcher.FromAssembly(typeof(DecisionBenchmarks).Assembly).Run(args).Any() ? 0 : 1,
};
