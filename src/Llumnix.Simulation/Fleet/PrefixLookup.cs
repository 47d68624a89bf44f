using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Simulation.Fleet;

/// <summary>The lookup of one prompt.</summary>
/// <param name="run">Whose prompt.</param>
/// <param name="chunks">Number of its chunks.</param>
/// <param name="chunkSize">Tokens per chunk.</param>
/// <param name="deadline">When its budget is used up.</param>
internal sealed class PrefixLookup(RequestRun run, int chunks, int chunkSize, TimeSpan deadline)
{
    private readonly PrefixHitCounter _counter = new();
    private bool _isHeld = true;

    public RequestRun Run { get; } = run;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>Timestamp of the question under way.</summary>
    public long AskedAt { get; set; }

    /// <summary>When the answer is there, or the budget used up.</summary>
    public TimeSpan AnswerAt { get; set; }

    /// <summary>Whether the budget was used up before an answer came.</summary>
    public bool IsLate { get; set; }

    /// <summary>The next chunk to ask for.</summary>
    public int Next => _counter.Chunks;

    /// <summary>Whether there is nothing left to ask.</summary>
    public bool IsComplete => IsLate || !_isHeld || Next >= chunks;

    /// <summary>The hits once the lookup is complete; null when it was late.</summary>
    public PrefixHits? Hits => IsLate ? null : _counter.ToHits(chunkSize, Run.Arrival.PromptTokens);

    /// <summary>Takes the hosts that hold the next chunk.</summary>
    public void Add(IReadOnlyList<string> hosts) => _isHeld = _counter.Add(hosts);
}
