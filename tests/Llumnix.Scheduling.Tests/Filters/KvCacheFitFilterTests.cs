using Llumnix.Scheduling.Filters;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Scheduling.Tests.Pipeline;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Filters;

public sealed class KvCacheFitFilterTests
{
    private const int Capacity = 100_000;
    private const int PromptTokens = 1000;
    private const int ExpectedOutputTokens = 256;
    private const int NeededTokens = PromptTokens + ExpectedOutputTokens;

    [Fact]
    public void Keep_TokensInUse_PromptAndOutputMustFitIntoTheRest() => Assert.Equal(
        ["a", "b"],
        Kept(Used("a", 0), Used("b", Capacity - NeededTokens), Used("c", Capacity - NeededTokens + 1)));

    /// <summary>Prompts that wait will need their room, too.</summary>
    [Fact]
    public void Keep_TokensThatWait_CountAsUsed() => Assert.Equal(
        ["a"], Kept(Waiting("a", Capacity - NeededTokens), Waiting("b", Capacity - NeededTokens + 1)));

    private static string[] Kept(params InstanceReading[] fleet) =>
        new DecisionFixture(fleet).Kept(new KvCacheFitFilter(ExpectedOutputTokens), new RequestFacts(PromptTokens));

    private static InstanceReading Used(string id, int tokens) =>
        Readings.Of(id, status: s => s with { TotalGpuTokens = Capacity, UsedGpuTokens = tokens });

    private static InstanceReading Waiting(string id, int tokens) =>
        Readings.Of(id, status: s => s with { TotalGpuTokens = Capacity, UncomputedTokensAllWaitingPrefills = tokens });
}
