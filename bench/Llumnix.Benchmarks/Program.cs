using BenchmarkDotNet.Running;
using Llumnix.Benchmarks;

return args is ["gate", ..]
    ? AllocationGate.Run()
    : BenchmarkSwitcher.FromAssembly(typeof(DecisionBenchmarks).Assembly).Run(args).Any() ? 0 : 1;
