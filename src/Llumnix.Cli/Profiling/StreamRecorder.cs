using Llumnix.Cli.Load;

namespace Llumnix.Cli.Profiling;

/// <summary>Records the times of a stream's tokens, and checks that the engine did what was requested.</summary>
/// <param name="promptTokens">Prompt tokens sent.</param>
/// <param name="outputTokens">Requested tokens.</param>
internal sealed class StreamRecorder(int promptTokens, int outputTokens)
{
    private const double PromptTolerance = 0.02;
    private const int LeastPromptTolerance = 4;

    private readonly List<double> _times = [];
    private readonly List<int?> _counts = [];
    private ChunkUsage? _usage;
    private string? _finishReason;
    private int _counted;

    /// <summary>Records the next chunk.</summary>
    /// <returns>False when more tokens have come than were requested.</returns>
    public bool Take(CompletionChunk chunk, double milliseconds)
    {
        _usage = chunk.Usage ?? _usage;
        _finishReason = chunk.FinishReason ?? _finishReason;
        if (IsToken(chunk))
        {
            _times.Add(milliseconds);
            _counts.Add(chunk.Usage?.CompletionTokens);
        }

        _counted = chunk.Usage?.CompletionTokens ?? _counted;
        return _times.Count <= outputTokens;
    }

    /// <summary>Judges the stream after its end.</summary>
    public ProbeAnswer Finish(StreamEnd end) => Problem(end) is { } problem
        ? ProbeAnswer.Refused(problem)
        : new ProbeAnswer(new ProbeSample([.. _times], Tokens(), _usage!.PromptTokensDetails?.CachedTokens ?? 0), null);

    /// <summary>
    /// Whether a chunk has a token. A token may have no text: then the engine's count shows it, where it is sent with every chunk, or else the end of
    /// the stream. The last chunk, with the total usage, has no choice.
    /// </summary>
    private bool IsToken(CompletionChunk chunk) => chunk.Choices is { Count: > 0 }
        && (chunk.HasContent || chunk.Usage?.CompletionTokens > _counted || (chunk.FinishReason is not null && _times.Count == 0));

    private string? Problem(StreamEnd end)
    {
        (int? prompt, int? completion) = (_usage?.PromptTokens, _usage?.CompletionTokens);
        return end switch
        {
            { Failure: { } failure } => $"the engine sent an error: {AnswerText.OneLine(failure)}",
            _ when _times.Count > outputTokens => $"the engine sent more than the {outputTokens} tokens asked for",
            { IsComplete: false } => $"the stream broke off after {_times.Count} tokens",
            _ when prompt is null || completion is null =>
                "the engine sent no usage (stream_options.include_usage), without which tokens cannot be counted",
            _ when _finishReason != "length" || completion != outputTokens =>
                $"the engine made {completion} of {outputTokens} tokens, finish_reason {AnswerText.OneLine(_finishReason ?? "none")}: it must know ignore_eos or min_tokens",
            _ when Math.Abs((double)prompt - promptTokens) > Math.Max(LeastPromptTolerance, promptTokens * PromptTolerance) =>
                $"the engine counted {prompt} prompt tokens of {promptTokens}: it must take token ids for a prompt",
            _ when _times.Count == 0 => "the engine sent no token",
            _ => null,
        };
    }

    /// <summary>
    /// Cumulative tokens at each event. Speculative decoding, stream intervals and batching send several tokens in one event: the engine's own counts
    /// are exact; without them the first event counts as one token, which ends the prefill, and the others share the rest equally.
    /// </summary>
    private double[] Tokens()
    {
        if (_counts.All(static count => count is not null))
        {
            return [.. _counts.Select(static count => (double)count!)];
        }

        double perEvent = _times.Count > 1 ? (outputTokens - 1.0) / (_times.Count - 1) : 0;
        return [.. Enumerable.Range(0, _times.Count).Select(index => 1 + (index * perEvent))];
    }
}
