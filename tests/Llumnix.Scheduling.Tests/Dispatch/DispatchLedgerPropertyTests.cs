using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Requests;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Dispatch;

/// <summary>Random events against a plain model: the sums equal the live entries, always.</summary>
public sealed class DispatchLedgerPropertyTests
{
    private const int MaxEntries = 300;
    private const int Lifetime = 40;

    private sealed record Entry(string Id, int Instance, InferType Role, long Tokens, long Uncomputed, long At)
    {
        /// <summary>Waits in its engine.</summary>
        public bool IsAcknowledged { get; set; }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    [InlineData(5, true)]
    [InlineData(6, true)]
    public void MillionEvents_SumsEqualTheLiveEntries(int seed, bool followsWaiting)
    {
        var random = new Random(seed);
        FullModeInstance[] instances = [.. Enumerable.Range(0, 7).Select(i => Make(i))];
        var ledger = new DispatchLedger(static _ => { }, MaxEntries, followsWaiting);
        var model = new List<Entry>();
        var acknowledged = new List<Entry>();
        long now = 0;
        for (int step = 0; step < 350_000; step++)
        {
            string id = $"r{random.Next(200)}";
            int at = random.Next(instances.Length);
            switch (random.Next(12))
            {
                case < 6:
                    var entry = new Entry(id, at, (InferType)random.Next(3), random.Next(1000), random.Next(1000), now);
                    model.RemoveAll(e => e.Id == id && e.Role == entry.Role);
                    if (model.Count == MaxEntries)
                    {
                        model.Remove(acknowledged.Count > 0 ? acknowledged[0] : model[0]);
                    }

                    acknowledged.RemoveAll(e => !model.Contains(e));

                    model.Add(entry);
                    ledger.Add(id, instances[at], entry.Role, entry.Tokens, entry.Uncomputed, now);
                    break;
                case 6 or 7:
                    InferType? role = random.Next(4) is int r and < 3 ? (InferType)r : null;
                    model.RemoveAll(e => e.Id == id && e.Instance == at && (role is null || e.Role == role));
                    ledger.Release(id, new ReleasedInstance($"ip-{at}", 8000, role));
                    break;
                case 8 or 9:
                    string[] recent = [$"cmpl-{id}-0", $"r{random.Next(200)}", "never-seen"];
                    string[] waiting = [$"r{random.Next(200)}", .. random.Next(2) == 0 ? (string[])[id] : [], "never-seen"];
                    if (followsWaiting)
                    {
                        Follow(model, acknowledged, at, waiting);
                    }

                    model.RemoveAll(e => e.Instance == at && !e.IsAcknowledged && (e.Id == id || e.Id == recent[1]));
                    ledger.Acknowledge(
                        instances[at], new InstanceStatus { InstanceId = "", RecentWaitingRequests = recent, WaitingRequests = waiting });
                    break;
                case 10:
                    now += random.Next(5);
                    model.RemoveAll(e => !e.IsAcknowledged && e.At <= now - Lifetime);
                    ledger.ExpireUntil(now - Lifetime);
                    break;
                default:
                    if (random.Next(20) == 0)
                    {
                        model.RemoveAll(e => e.Instance == at);
                        ledger.Forget(instances[at]);
                        instances[at] = Make(at);
                    }

                    break;
            }

            acknowledged.RemoveAll(e => !model.Contains(e));
            Assert.Equal(model.Count, ledger.Count);
            Assert.Equal(SumOf(model, at), instances[at].Dispatched);
            Assert.Equal(model.Where(e => e.Instance == at && e.IsAcknowledged).Sum(e => e.Uncomputed), instances[at].KnownWaitingPrefillTokens);
        }

        for (int i = 0; i < instances.Length; i++)
        {
            Assert.Equal(SumOf(model, i), instances[i].Dispatched);
        }

        Array.ForEach(instances, instance => ledger.Acknowledge(instance, new InstanceStatus { InstanceId = "" }));
        ledger.ExpireUntil(now);
        Assert.Equal(0, ledger.Count);
        Assert.All(instances, i => Assert.Equal(0, i.KnownWaitingPrefillTokens));
        Assert.All(instances, i => Assert.Equal(default, i.Dispatched));
    }

    /// <summary>Those that wait are acknowledged, those that waited and no longer do are gone.</summary>
    private static void Follow(List<Entry> model, List<Entry> acknowledged, int instance, string[] waiting)
    {
        model.RemoveAll(e => e.Instance == instance && e.IsAcknowledged && !waiting.Contains(e.Id));
        model.RemoveAll(e => e.Instance == instance && e.Role == InferType.Decode && waiting.Contains(e.Id));
        foreach (Entry entry in model.Where(e =>
            e.Instance == instance && !e.IsAcknowledged && waiting.Contains(e.Id)))
        {
            entry.IsAcknowledged = true;
            acknowledged.Add(entry);
        }
    }

    private static FullModeInstance Make(int index)
    {
        InstanceReading reading = Readings.Of($"{index}");
        return new FullModeInstance(reading.Metadata, reading.Status);
    }

    private static DispatchedLoad SumOf(List<Entry> model, int instance)
    {
        List<Entry> mine = model.FindAll(e => e.Instance == instance && !e.IsAcknowledged);
        List<Entry> prefills = mine.FindAll(e => e.Role != InferType.Decode);
        List<Entry> decodes = mine.FindAll(e => e.Role != InferType.Prefill);
        return new DispatchedLoad(
            mine.Select(e => e.Id).Distinct().Count(),
            prefills.Count,
            prefills.Sum(e => e.Uncomputed),
            decodes.Count,
            decodes.Sum(e => e.Tokens));
    }
}
