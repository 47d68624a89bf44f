using Llumnix.Scheduling.Dispatch;
using Llumnix.Scheduling.Instances;
using Llumnix.Testing.Fleet;

namespace Llumnix.Scheduling.Tests.Dispatch;

/// <summary>Random events against a plain model: the sums equal the live entries, always.</summary>
public sealed class DispatchLedgerPropertyTests
{
    private const int MaxEntries = 300;
    private const int Lifetime = 40;

    private sealed record Entry(string Id, int Instance, InferType Role, long Tokens, long Uncomputed, long At);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MillionEvents_SumsEqualTheLiveEntries(int seed)
    {
        var random = new Random(seed);
        FullModeInstance[] instances = [.. Enumerable.Range(0, 7).Select(i => Make(i))];
        var ledger = new DispatchLedger(static _ => { }, MaxEntries);
        var model = new List<Entry>();
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
                        model.RemoveAt(0);
                    }

                    model.Add(entry);
                    ledger.Add(id, instances[at], entry.Role, entry.Tokens, entry.Uncomputed, now);
                    break;
                case 6 or 7:
                    InferType? role = random.Next(4) is int r and < 3 ? (InferType)r : null;
                    model.RemoveAll(e => e.Id == id && e.Instance == at && (role is null || e.Role == role));
                    ledger.Release(id, $"ip-{at}", 8000, role);
                    break;
                case 8 or 9:
                    string[] ids = [$"cmpl-{id}-0", $"r{random.Next(200)}", "never-seen"];
                    model.RemoveAll(e => e.Instance == at && (e.Id == id || e.Id == ids[1]));
                    ledger.Acknowledge(instances[at], ids);
                    break;
                case 10:
                    now += random.Next(5);
                    model.RemoveAll(e => e.At <= now - Lifetime);
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

            Assert.Equal(model.Count, ledger.Count);
            Assert.Equal(SumOf(model, at), instances[at].Dispatched);
        }

        for (int i = 0; i < instances.Length; i++)
        {
            Assert.Equal(SumOf(model, i), instances[i].Dispatched);
        }

        ledger.ExpireUntil(now);
        Assert.Equal(0, ledger.Count);
        Assert.All(instances, i => Assert.Equal(default, i.Dispatched));
    }

    private static FullModeInstance Make(int index)
    {
        InstanceReading reading = Readings.Of($"{index}");
        return new FullModeInstance(reading.Metadata, reading.Status);
    }

    private static DispatchedLoad SumOf(List<Entry> model, int instance)
    {
        List<Entry> mine = model.FindAll(e => e.Instance == instance);
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
