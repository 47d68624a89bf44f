namespace Llumnix.Simulation.Workloads;

/// <summary>
/// Conversations: all begin with one system prompt of 512 tokens and a text of their own, often long. Each further turn repeats everything before it, the answer
/// included, and adds a question.
/// </summary>
public sealed class ConversationPrompts
{
    /// <summary>The name in command lines and scenarios.</summary>
    public const string Name = "conversations";

    /// <summary>Requests per second unless specified.</summary>
    public const double DefaultRate = 6;

    private const int MostOpen = 256;
    private const int LongestPrompt = 65_536;
    private const double ShareOfFurtherTurns = 0.45;
    private const double ShareThatGoesOn = 0.7;
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);

    private static readonly LengthDistribution FirstText = new((0, 100), (0.25, 1500), (0.5, 5000), (0.9, 18_000), (1, 48_000));
    private static readonly LengthDistribution Question = new((0, 20), (0.5, 120), (0.9, 800), (1, 4000));
    private static readonly LengthDistribution Answer = new((0, 8), (0.5, 280), (0.9, 600), (1, 1500));

    private readonly Random _random;
    private readonly List<RequestArrival> _open = [];
    private ulong _nextId = 1;

    /// <param name="random">Draws the conversations.</param>
    public ConversationPrompts(Random random) => _random = random;

    /// <summary>Draws a request: the first turn of a conversation, or a further one of a conversation that has paused for 5 s at least.</summary>
    /// <param name="offset">When it arrives, not before the one drawn last.</param>
    public RequestArrival Next(TimeSpan offset)
    {
        int chosen = _open.Count > 0 && _random.NextDouble() < ShareOfFurtherTurns ? _random.Next(_open.Count) : -1;
        RequestArrival? before = chosen >= 0 && offset - _open[chosen].Offset >= ShortestPause ? _open[chosen] : null;
        RequestArrival turn = before is { } last ? Continue(last, offset) : Begin(offset);
        bool goesOn = _random.NextDouble() < ShareThatGoesOn && turn.PromptTokens < LongestPrompt;
        if (before is not null)
        {
            _open.RemoveAt(chosen);
        }

        if (goesOn)
        {
            if (_open.Count == MostOpen)
            {
                _open.RemoveAt(0);
            }

            _open.Add(turn);
        }

        return turn;
    }

    private RequestArrival Begin(TimeSpan offset) =>
        Make(offset, PromptTokens.TokensPerContentId + FirstText.Sample(_random), knownIds: [0]);

    private RequestArrival Continue(RequestArrival before, TimeSpan offset)
    {
        // Of the block that was not full the content is now another one.
        int full = before.PromptTokens / PromptTokens.TokensPerContentId;
        return Make(offset, before.PromptTokens + before.OutputTokens + Question.Sample(_random), before.ContentIds.Span[..full]);
    }

    private RequestArrival Make(TimeSpan offset, int prompt, ReadOnlySpan<ulong> knownIds)
    {
        var ids = new ulong[(prompt + PromptTokens.TokensPerContentId - 1) / PromptTokens.TokensPerContentId];
        knownIds.CopyTo(ids);
        for (int i = knownIds.Length; i < ids.Length; i++)
        {
            ids[i] = _nextId++;
        }

        return new RequestArrival(offset, prompt, Answer.Sample(_random), ids);
    }
}
