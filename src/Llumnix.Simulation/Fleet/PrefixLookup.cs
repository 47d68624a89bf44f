using Llumnix.Scheduling.PrefixCache;

namespace Llumnix.Simulation.Fleet;

/// <summary>The lookup of one prompt.</summary>
/// <param name="run">The request with the prompt.</param>
/// <param name="chunks">Number of its chunks.</param>
/// <param name="chunkSize">Tokens per chunk.</param>
/// <param name="deadline">When its budget is used up.</param>
internal sealed class PrefixLookup(RequestRun run, int chunks, int chunkSize, TimeSpan deadline)
{
    private readonly PrefixHitCounter _counter = new();
    private readonly Queue<PrefixQuestion> _underWay = new();
    private bool _isHeld = true;
    private bool _isLate;

    public RequestRun Run { get; } = run;

    public TimeSpan Deadline { get; } = deadline;

    /// <summary>The index of the next chunk to ask for.</summary>
    public int Next { get; private set; }

    /// <summary>Number of the prompt's chunks.</summary>
    public int Chunks => chunks;

    /// <summary>Questions that were asked.</summary>
    public int Questions { get; private set; }

    /// <summary>Answers that were counted.</summary>
    public int Answers { get; private set; }

    /// <summary>Questions whose answers have not been counted.</summary>
    public int UnderWay => _underWay.Count;

    /// <summary>Whether no further answer matters: no host holds all chunks so far, all chunks are known, or the deadline has passed.</summary>
    public bool IsComplete => _isLate || !_isHeld || (Next >= chunks && _underWay.Count == 0);

    /// <summary>Whether the request has been placed.</summary>
    public bool IsOver { get; set; }

    /// <summary>The hits once the lookup is complete, a lower bound when it was late; null when it was late without an answer.</summary>
    public PrefixHits? Hits => _isLate && Answers == 0 ? null : _counter.ToHits(chunkSize, Run.Arrival.PromptTokens);

    /// <summary>Adds a question that was asked.</summary>
    public void Add(PrefixQuestion question)
    {
        Questions++;
        Next += question.Holders.Count;
        _underWay.Enqueue(question);
    }

    /// <summary>Ends the oldest question: its answer is there, or the budget is used up.</summary>
    public PrefixQuestion EndQuestion()
    {
        PrefixQuestion question = _underWay.Dequeue();
        if (question.IsLate)
        {
            _isLate = true;
            return question;
        }

        Answers++;
        for (int i = 0; i < question.Holders.Count && _isHeld; i++)
        {
            _isHeld = _counter.Add(question.Holders[i]);
        }

        return question;
    }
}
