using CsCheck;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class EngineModelPropertyTests
{
    private static readonly Gen<(int Action, int Prompt, int Output, int Role, int Chain)[]> Actions =
        Gen.Select(Gen.Int[0, 9], Gen.Int[1, 130], Gen.Int[1, 40], Gen.Int[0, 2], Gen.Int[0, 3]).Array[1, 60];

    [Fact]
    public void AnySequence_KvBlocks_AreNeverOvercommittedNorLeaked() =>
        Gen.Select(Actions, Gen.Int[1, 2]).Sample(
            (actions, blocksPerEntry) =>
            {
                var engine = new EngineDriver(EngineDriver.Small(blocks: 20) with
                {
                    MaxBatchedTokens = 48, MaxRunningRequests = 5, AwaitingPullTimeout = TimeSpan.FromSeconds(1), TokensPerContentId = 16 * blocksPerEntry,
                });
                Play(engine, actions);
                engine.RunUntilIdle();

                Assert.Equal(0, engine.Model.UsedBlocks);
                Assert.Equal(0, engine.Model.WaitingCount + engine.Model.RunningCount + engine.Model.LoadingCount + engine.Model.AwaitingPullCount);
            },
            iter: 2000);

    [Fact]
    public void AnySequence_Tokens_ComeOnceEachAndInOrder() =>
        Actions.Sample(
            actions =>
            {
                var engine = new EngineDriver(EngineDriver.Small(blocks: 20) with { MaxBatchedTokens = 48, AwaitingPullTimeout = TimeSpan.FromSeconds(1) });
                var emitted = new Dictionary<string, int>();
                List<string> events = Play(engine, [.. actions.Where(a => a.Action != 0)]);
                events.AddRange(engine.RunUntilIdle());
                foreach (string[] parts in events.Select(e => e.Split(':')).Where(p => p[1] is "Token" or "Finished"))
                {
                    emitted[parts[0]] = emitted.GetValueOrDefault(parts[0]) + 1;
                    Assert.Equal(emitted[parts[0]], int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture));
                }

                Assert.Equal(engine.Model.Status(TimeSpan.Zero, default).RecentWaitingRequests.Count, emitted.Count);
            },
            iter: 500);

    private static List<string> Play(EngineDriver engine, (int Action, int Prompt, int Output, int Role, int Chain)[] actions)
    {
        List<string> events = [];
        int added = 0;
        foreach ((int action, int prompt, int output, int role, int chain) in actions)
        {
            switch (action)
            {
                case 0:
                    engine.Model.Abort($"r{prompt % Math.Max(1, added)}");
                    break;
                case 1:
                    engine.Model.ReleaseAwaitingPull($"r{prompt % Math.Max(1, added)}");
                    break;
                case < 6:
                    ulong[] ids = [.. Enumerable.Range(0, prompt / 16).Select(i => ((ulong)chain << 32) + (ulong)i)];
                    string? local = output % 2 == 0 ? $"r{added - 1}" : null;
                    engine.Add($"r{added++}", prompt, output, (InferType)role, ids, local);
                    break;
                default:
                    events.AddRange(engine.Step());
                    break;
            }

            InstanceStatus status = engine.Status();
            Assert.InRange(engine.Model.UsedBlocks, 0, engine.Model.TotalBlocks);
            Assert.InRange(status.UnallocatedTokensSchedulerRunningPrefills, 0, status.UncomputedTokensSchedulerRunningPrefills);
        }

        return events;
    }
}
