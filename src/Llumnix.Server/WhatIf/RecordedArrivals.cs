using Llumnix.Scheduling.Instances;
using Llumnix.Scheduling.Recording;
using Llumnix.Scheduling.Requests;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Server.WhatIf;

/// <summary>
/// The requests of the last minutes, by the history of decisions. How long an answer was is known where gateways have reported it and the request has ended. For
/// others one of the known lengths is drawn; with none known, one of the built-in conversation workload.
/// </summary>
internal sealed class RecordedArrivals
{
    /// <summary>A request of which nothing was reported for this long has ended: gateways report every second.</summary>
    private const double EndedAfterMs = 2500;

    /// <summary>Records that are looked at: a request may have several.</summary>
    private const int MaxRecords = 4 * WhatIfLimits.MaxRequests;
    private readonly List<Request> _requests;
    private readonly int[] _known;

    private RecordedArrivals(List<Request> requests, double endMs)
    {
        _requests = requests;
        EndMs = endMs;
        _known = [.. requests.Where(static request => request.IsKnown).Select(static request => request.OutputTokens).Order()];
    }

    /// <summary>How many there are.</summary>
    internal int Count => _requests.Count;

    /// <summary>For how many of them the length of the answer is known.</summary>
    internal int KnownOutputs => _known.Length;

    /// <summary>Mean length of the known answers, in tokens; null where none is known.</summary>
    internal double? MeanKnownOutput => _known.Length == 0 ? null : _known.Average();

    /// <summary>Time from the first request to the end of the time that was looked at, in seconds.</summary>
    internal double Seconds => _requests.Count == 0 ? 0 : Math.Max(0.001, (EndMs - _requests[0].TimeMs) / 1000);

    /// <summary>Requests per second.</summary>
    internal double Rate => _requests.Count == 0 ? 0 : _requests.Count / Seconds;

    /// <summary>How most of them were served.</summary>
    internal SchedulingMode Mode => _requests.CountBy(static request => request.Mode).MaxBy(static pair => pair.Value).Key;

    /// <summary>The times to the first token that were observed, ascending, in milliseconds.</summary>
    internal IReadOnlyList<double> ObservedTtftMs => [.. _requests.Select(static request => request.ObservedTtftMs).Where(double.IsFinite).Order()];

    private double EndMs { get; }

    /// <summary>Reads the requests of a time.</summary>
    /// <param name="history">The decisions.</param>
    /// <param name="fromMs">Begin of the time, milliseconds of the scheduler's clock.</param>
    /// <param name="nowMs">Its end.</param>
    internal static RecordedArrivals Read(DecisionHistory history, double fromMs, double nowMs)
    {
        var requests = new List<Request>();
        var byId = new Dictionary<string, (int Index, bool IsPlaced)>(StringComparer.Ordinal);
        var records = new DecisionRecord[256];
        long next = Math.Max(0, history.Total - MaxRecords);
        int count;
        while ((count = history.Copy(next, records)) > 0)
        {
            next = records[count - 1].Sequence + 1;
            foreach (ref readonly DecisionRecord record in records.AsSpan(0, count))
            {
                // The prefill's record stands for a pair. One without an instance of its role or model could be played on none.
                if (record.TimeMs < fromMs || record is { Mode: not SchedulingMode.Neutral, Role: InferType.Decode } or { Outcome: ScheduleOutcome.EndpointNotFound })
                {
                    continue;
                }

                // One that was not placed asks again, and a retry has come before; else it is another request, whose client uses an id again.
                bool isKnown = byId.TryGetValue(record.RequestId, out (int Index, bool IsPlaced) known) && (record.IsRetry || !known.IsPlaced);
                if (!isKnown)
                {
                    known.Index = requests.Count;
                    requests.Add(new Request(record.TimeMs, record.PromptTokens, record.Mode));
                }

                byId[record.RequestId] = (known.Index, record.Outcome == ScheduleOutcome.Placed);
                // What became of it belongs to its newest decision.
                requests[known.Index] = requests[known.Index] with
                {
                    OutputTokens = record.OutputTokens,
                    IsKnown = record.OutputTokens > 0 && nowMs - record.ReportedMs >= EndedAfterMs,
                    ObservedTtftMs = record.ObservedTtftMs + record.TimeMs - requests[known.Index].TimeMs,
                };
            }
        }

        return new RecordedArrivals([.. requests.OrderBy(static request => request.TimeMs).TakeLast(WhatIfLimits.MaxRequests)], nowMs);
    }

    /// <summary>The requests as a simulation plays them.</summary>
    /// <param name="seed">Seed of the lengths that are drawn.</param>
    internal IReadOnlyList<RequestArrival> ToArrivals(int seed)
    {
        var random = new Random(seed);
        return
        [
            .. _requests.Select(request => new RequestArrival(
                TimeSpan.FromMilliseconds(Math.Max(0, request.TimeMs - _requests[0].TimeMs)),
                Math.Max(1, request.PromptTokens),
                request.IsKnown ? request.OutputTokens : Draw(request.OutputTokens, random))),
        ];
    }

    /// <summary>The length of an answer that has this many tokens already: one of the known ones that are at least as long.</summary>
    private int Draw(int atLeast, Random random)
    {
        int first = Array.FindIndex(_known, known => known >= atLeast);
        return _known.Length == 0 ? Math.Max(atLeast, BuiltInWorkloads.AzureConversation.OutputTokens.Sample(random))
            : first < 0 ? atLeast
            : _known[random.Next(first, _known.Length)];
    }

    private readonly record struct Request(double TimeMs, int PromptTokens, SchedulingMode Mode)
    {
        /// <summary>Tokens that it has got, as far as is known.</summary>
        internal int OutputTokens { get; init; }

        /// <summary>Whether it has ended with them.</summary>
        internal bool IsKnown { get; init; }

        /// <summary>Time from its arrival to its first token; NaN while none is known.</summary>
        internal double ObservedTtftMs { get; init; }
    }
}
