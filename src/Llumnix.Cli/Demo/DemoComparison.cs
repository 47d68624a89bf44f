using Llumnix.Cli.Load;

namespace Llumnix.Cli.Demo;

/// <summary>The two runs of a demo over the same arrivals.</summary>
/// <param name="PolicyName">The policy that is compared with round-robin.</param>
/// <param name="Instances">Instances of the fleet in either run.</param>
/// <param name="Policy">What came of the policy's run.</param>
/// <param name="RoundRobin">What came of round-robin's run; null when it did not come to that.</param>
internal sealed record DemoComparison(string PolicyName, int Instances, LoadResult Policy, LoadResult? RoundRobin);
