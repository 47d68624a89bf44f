using CsCheck;
using Llumnix.Scheduling.Instances;
using Llumnix.Simulation.Engines;

namespace Llumnix.Simulation.Tests.Engines;

public sealed class MigrationPropertyTests
{
    private const int Engines = 3;

    private static readonly Gen<(int Action, int Pick, int Prompt, int Output, int Role, int Chain)[]> Actions =
        Gen.Select(Gen.Int[0, 19], Gen.Int[0, 1000], Gen.Int[1, 130], Gen.Int[1, 40], Gen.Int[0, 2], Gen.Int[0, 3]).Array[1, 120];

    [Fact]
    public void AnySequence_EveryRequestGetsItsTokensOnce_AndNothingLeaks() =>
        Gen.Select(Actions, Gen.Int[1, 2], Gen.Int[0, 3], Gen.Int[12, 40]).Sample(
            (actions, slots, speed, blocks) =>
            {
                EngineConfiguration configuration = EngineCluster.Small(blocks) with
                {
                    MaxBatchedTokens = 48,
                    MaxRunningRequests = 5,
                    MaxMigrationsIn = slots,
                    MaxMigrationsOut = slots,
                    AwaitingPullTimeout = TimeSpan.FromSeconds(1),
                    KvTransferBytesPerSecond = Math.Pow(10, 4 + speed),
                };
                var cluster = new EngineCluster([.. Enumerable.Repeat(configuration, Engines)]);
                HashSet<string> expected = Play(cluster, actions);
                cluster.RunUntilIdle();

                // The cluster itself checks the order and the number of the tokens.
                Assert.Subset(cluster.Finished, expected);
                Assert.Empty(cluster.Transfers);
                for (int i = 0; i < Engines; i++)
                {
                    EngineModel engine = cluster[i];
                    Assert.Equal((0, 0, 0), (engine.UsedBlocks, engine.MigratingInCount, engine.MigratingOutCount));
                    Assert.Equal(0, engine.WaitingCount + engine.RunningCount + engine.LoadingCount + engine.AwaitingPullCount);
                }
            },
            iter: 3000);

    /// <returns>The requests that were accepted and not aborted.</returns>
    private static HashSet<string> Play(EngineCluster cluster, (int Action, int Pick, int Prompt, int Output, int Role, int Chain)[] actions)
    {
        HashSet<string> open = [];
        int added = 0;
        foreach ((int action, int pick, int prompt, int output, int role, int chain) in actions)
        {
            string id = $"r{pick % Math.Max(1, added)}";
            switch (action)
            {
                case 0:
                    // Where it is, as a client does. The destination of a migration may drop it too: then the source goes on.
                    if (Enumerable.Range(0, Engines).FirstOrDefault(i => cluster[i].Holds(id), -1) is var holder and >= 0)
                    {
                        cluster.Abort(holder, id);
                        open.Remove(id);
                    }

                    break;
                case 1:
                    if (!cluster[chain % Engines].Holds(id))
                    {
                        cluster.Abort(chain % Engines, id);
                    }

                    break;
                case 2 when cluster.Transfers.Count > 0:
                    cluster.Transfers[pick % cluster.Transfers.Count].Cancel(cluster.Now);
                    cluster.Transfers.RemoveAll(transfer => transfer.State.IsOver());
                    break;
                case < 7:
                    ulong[] ids = [.. Enumerable.Range(0, prompt / 16).Select(i => ((ulong)chain << 32) + (ulong)i)];
                    if (cluster.Add(pick % Engines, $"r{added}", prompt, output, (InferType)role, ids) == AdmissionResult.Accepted)
                    {
                        open.Add($"r{added}");
                    }

                    added++;
                    break;
                case < 11:
                    cluster.Migrate(chain % Engines, (chain + 1 + (output % 2)) % Engines, id);
                    break;
                default:
                    cluster.Advance();
                    break;
            }

            for (int i = 0; i < Engines; i++)
            {
                InstanceStatus status = cluster.Status(i);
                Assert.InRange(cluster[i].UsedBlocks, 0, cluster[i].TotalBlocks);
                Assert.InRange(status.AvailableMigrateInSlots, 0, 2);
                Assert.InRange(status.AvailableMigrateOutSlots, 0, 2);
                Assert.InRange(status.SchedulerRunningToDecodeRequests, 0, status.RunningRequestCount);
            }
        }

        return open;
    }
}
