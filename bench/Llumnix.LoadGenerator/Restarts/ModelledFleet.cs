using System.Diagnostics;
using System.Globalization;
using Google.Protobuf;
using Llumnix.Protocol.Cms;
using StackExchange.Redis;

namespace Llumnix.LoadGenerator.Restarts;

/// <summary>
/// Instances that compute prompts one after the other at a fixed speed: what each of them has to do is known exactly at any time, and told to the schedulers through
/// the CMS as often as engines do. Thread-safe.
/// </summary>
internal sealed class ModelledFleet
{
    /// <summary>How often statuses are written, and for how long an arrival is named in them: for several polls.</summary>
    private static readonly TimeSpan StatusInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan NamedFor = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Instance[] _instances;
    private readonly double _tokensPerSecond;
    private int _next;

    /// <param name="instances">Number of instances.</param>
    /// <param name="tokensPerSecond">Speed of each.</param>
    internal ModelledFleet(int instances, double tokensPerSecond)
    {
        _instances = [.. Enumerable.Range(0, instances).Select(static _ => new Instance())];
        _tokensPerSecond = tokensPerSecond;
    }

    /// <summary>Gives an instance a prompt.</summary>
    /// <param name="instance">The instance; null for the next one in turn, as gateways do without a scheduler.</param>
    /// <param name="id">The request.</param>
    /// <param name="tokens">The prompt's length.</param>
    /// <returns>By how many tokens the instance had more to do than the least loaded one, and how long the prompt takes from now on.</returns>
    internal (double Regret, TimeSpan Takes) Place(int? instance, string id, int tokens)
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            Instance chosen = _instances[instance ?? (_next++ % _instances.Length)];
            double before = TokensOf(chosen, now);
            double regret = before - _instances.Min(other => TokensOf(other, now));
            chosen.DoneAt = now + (long)((before + tokens) / _tokensPerSecond * Stopwatch.Frequency);
            chosen.Arrivals.Enqueue((id, now));
            return (regret, Stopwatch.GetElapsedTime(now, chosen.DoneAt));
        }
    }

    /// <summary>Writes metadata and statuses until it is cancelled.</summary>
    internal async Task PublishAsync(IDatabase database, CancellationToken cancellation)
    {
        for (int update = 1; !cancellation.IsCancellationRequested; update++)
        {
            var values = new List<KeyValuePair<RedisKey, RedisValue>>();
            for (int i = 0; i < _instances.Length; i++)
            {
                values.Add(new($"llumnix:instance_metadata:i{i:00}", Metadata(i).ToByteArray()));
                values.Add(new($"llumnix:instance_status:i{i:00}", StatusOf(i, update).ToByteArray()));
            }

            await database.StringSetAsync([.. values]);
            await Task.Delay(StatusInterval, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>The instance at a host; null for none.</summary>
    internal int? IndexOf(string? host) => Enumerable.Range(0, _instances.Length).Where(i => HostOf(i) == host).Select(static i => (int?)i).FirstOrDefault();

    private InstanceStatus StatusOf(int index, int update)
    {
        lock (_gate)
        {
            long now = Stopwatch.GetTimestamp();
            Instance instance = _instances[index];
            while (instance.Arrivals.TryPeek(out (string Id, long At) oldest) && Stopwatch.GetElapsedTime(oldest.At, now) > NamedFor)
            {
                instance.Arrivals.Dequeue();
            }

            return new InstanceStatus
            {
                InstanceId = $"i{index:00}",
                Schedulable = true,
                TimestampMs = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
                UpdateId = update,
                StepId = update,
                NumTotalGpuTokens = 945_029,
                NumUncomputedTokensAllWaitingPrefills = (int)TokensOf(instance, now),
                RecentWaitingRequests = { instance.Arrivals.Select(static arrival => arrival.Id) },
            };
        }
    }

    private static InstanceMetadata Metadata(int index) => new()
    {
        InstanceId = $"i{index:00}",
        InstanceType = "neutral",
        Ip = HostOf(index),
        ApiServerPort = 8000,
        DataParallelSize = 1,
        UtcCreate = 1,
    };

    private double TokensOf(Instance instance, long now) => Math.Max(0, Stopwatch.GetElapsedTime(now, instance.DoneAt).TotalSeconds * _tokensPerSecond);

    private static string HostOf(int index) => string.Create(CultureInfo.InvariantCulture, $"10.0.0.{index}");

    private sealed class Instance
    {
        /// <summary>When all of its prompts are computed.</summary>
        public long DoneAt { get; set; }

        /// <summary>What has come lately, and when.</summary>
        public Queue<(string Id, long At)> Arrivals { get; } = new();
    }
}
