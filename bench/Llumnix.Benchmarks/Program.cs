using BenchmarkDotNet.Running;
using Llumnix.Benchmarks;

return args switch
{
    ["gate", ..] => AllocationGate.Run(),
    ["times", ..] => DecisionTimes.Run(),
    ["tail", ..] => await RefreshTail.RunAsync(),
    _ => BenchmarkSwitcher.FromAssembly(typeof(DecisionBenchmarks).Assembly).Run(args).Any() ? 0 : 1,
};
