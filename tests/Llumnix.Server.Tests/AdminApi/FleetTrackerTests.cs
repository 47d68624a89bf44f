using System.Text.Json;
using CsCheck;
using Llumnix.Server.AdminApi;
using Llumnix.Server.AdminApi.Answers;

namespace Llumnix.Server.Tests.AdminApi;

public sealed class FleetTrackerTests
{
    [Fact]
    public void Update_AnInstanceWithoutChanges_HasNoRowWhileItsSignalGrowsOld()
    {
        var tracker = new FleetTracker("full", "load-balance");
        Assert.Equal(["a"], tracker.Update(Sample(Instance("a")), 1000).Joined.Select(i => i.Id));
        Assert.Empty(tracker.Update(Sample(Instance("a") with { SignalAgeMs = 1100 }), 2000).Rows);
        Assert.Single(tracker.Update(Sample(Instance("a") with { SignalAgeMs = 30 }), 3000).Rows);
    }

    [Fact]
    public void Update_AnotherAddress_TheInstanceJoinsAnewUnderItsIndex()
    {
        var tracker = new FleetTracker("full", "load-balance");
        tracker.Update(Sample(Instance("a"), Instance("b")), 1000);
        FleetInstance moved = Assert.Single(tracker.Update(Sample(Instance("a"), Instance("b") with { Address = "10.0.0.9:1" }), 2000).Joined);
        Assert.Equal((1, "b"), (moved.Index, moved.Id));
    }

    /// <summary>What a client does: it applies deltas to the first answer, and has what the next answer says.</summary>
    [Fact]
    public void AnyChanges_DeltasLeadToTheCurrentFleet() =>
        Gen.Select(Gen.Int[0, 5], Gen.Long[0, 3], Gen.Int[0, 5], Gen.Bool).Array[0, 6].Array[1, 12].Sample(fleets =>
        {
            var tracker = new FleetTracker("full", "load-balance");
            var client = new Dictionary<int, FleetInstance>();
            long time = 0;
            foreach ((int Id, long Running, int Health, bool IsMoved)[] fleet in fleets)
            {
                FleetDelta delta = tracker.Update(
                    Sample([.. fleet.DistinctBy(i => i.Id).Select(i => Instance($"i{i.Id}") with
                    {
                        Running = i.Running,
                        Health = FleetSample.HealthNames[i.Health],
                        Unit = i.IsMoved ? "u" : "",
                    })]),
                    time += 500);
                Apply(client, delta, tracker.Current);
                Assert.Equal(
                    tracker.Current.Instances.OrderBy(i => i.Index).Select(i => (i.Index, i.Id, i.Running, i.Health, i.Unit)),
                    client.Values.OrderBy(i => i.Index).Select(i => (i.Index, i.Id, i.Running, i.Health, i.Unit)));
            }
        });

    /// <summary>With a row for each of 1,000 busy instances once a second, the stream stays below 100 KB/s.</summary>
    [Fact]
    public void Update_ThousandBusyInstances_RowsAreSmall()
    {
        var tracker = new FleetTracker("full", "load-balance");
        var random = new Random(1);
        tracker.Update(Thousand(), 0);
        FleetDelta delta = tracker.Update(Thousand(), 1000);
        Assert.Equal(1000, delta.Rows.Count);
        Assert.InRange(JsonSerializer.SerializeToUtf8Bytes(delta, AdminJsonContext.Default.FleetDelta).Length, 10_000, 65_000);

        FleetSample Thousand() => Sample([.. Enumerable.Range(0, 1000).Select(i => Instance($"instance-{i}") with
        {
            SignalAgeMs = random.Next(500),
            Running = random.Next(256),
            Waiting = random.Next(64),
            KvUsedTokens = random.Next(900_000),
            KvTotalTokens = 945_029,
            KvProjected = Math.Round(random.NextDouble(), 4),
            InFlight = random.Next(20),
            DecodeBatch = random.Next(256),
            PrefillTokens = random.Next(100_000),
            DecodeTokens = random.Next(900_000),
        })]);
    }

    private static void Apply(Dictionary<int, FleetInstance> client, FleetDelta delta, FleetAnswer answer)
    {
        string[] columns = [.. answer.RowColumns];
        foreach (int index in delta.Left)
        {
            client.Remove(index);
        }

        foreach (FleetInstance instance in delta.Joined)
        {
            client[instance.Index] = instance;
        }

        foreach (double?[] row in delta.Rows)
        {
            int index = (int)row[Array.IndexOf(columns, "index")]!;
            client[index] = client[index] with
            {
                Health = answer.HealthNames[(int)row[Array.IndexOf(columns, "health")]!],
                Running = (long)row[Array.IndexOf(columns, "running")]!,
            };
        }
    }

    private static FleetSample Sample(params FleetInstance[] instances) => new(0, instances);

    private static FleetInstance Instance(string id) => new(
        -1, id, "10.0.0.1:8000", "neutral", "", "", [], "", "ok", "", false, 100, 0, 0, 0, 0, 0, 0, 0, 0, 0, null);
}
