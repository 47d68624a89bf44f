using Llumnix.Simulation.Engines;

namespace Llumnix.EngineEmulator.Engines;

/// <summary>What an engine tells of the times and lengths of its requests, with the buckets of vLLM. Not thread-safe.</summary>
internal sealed class RequestHistograms(TimeProvider time)
{
    private static readonly double[] FirstTokenBounds =
        [.001, .005, .01, .02, .04, .06, .08, .1, .25, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560];

    private static readonly double[] TokenBounds = [.01, .025, .05, .075, .1, .15, .2, .3, .4, .5, .75, 1, 2.5, 5, 7.5, 10, 20, 40, 80];
    private static readonly double[] RequestBounds = [.3, .5, .8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680];
    private static readonly double[] StepBounds = [1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384];
    private static readonly double[] LengthBounds =
        [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000];

    /// <summary>Seconds from a request's arrival to its first token.</summary>
    public Histogram FirstToken { get; private init; } = new(FirstTokenBounds);

    /// <summary>Seconds between two tokens of a request.</summary>
    public Histogram BetweenTokens { get; private init; } = new(TokenBounds);

    /// <summary>Seconds from a request's arrival to its end.</summary>
    public Histogram Request { get; private init; } = new(RequestBounds);

    /// <summary>Prompt tokens of ended requests.</summary>
    public Histogram PromptTokens { get; private init; } = new(LengthBounds);

    /// <summary>Generated tokens of ended requests.</summary>
    public Histogram GeneratedTokens { get; private init; } = new(LengthBounds);

    /// <summary>Tokens of a step: generated, and the prompts whose first token it made.</summary>
    public Histogram StepTokens { get; private init; } = new(StepBounds);

    /// <summary>Counts a token of a request, and its end with the last one.</summary>
    public void OnToken(in StepEvent token, TokenStream stream)
    {
        long now = time.GetTimestamp();
        ref RequestTimes times = ref stream.Times;
        (Histogram histogram, long since) = times.LastTokenAt is { } last ? (BetweenTokens, last) : (FirstToken, times.AcceptedAt ?? now);
        histogram.Observe(time.GetElapsedTime(since, now).TotalSeconds);
        times.LastTokenAt = now;
        if (token.Kind == StepEventKind.Finished)
        {
            Request.Observe(time.GetElapsedTime(times.AcceptedAt ?? now, now).TotalSeconds);
            PromptTokens.Observe(token.Request.PromptTokens);
            GeneratedTokens.Observe(token.OutputTokens);
        }
    }

    /// <summary>A copy that does not change.</summary>
    public RequestHistograms Copy() => new(time)
    {
        FirstToken = FirstToken.Copy(),
        BetweenTokens = BetweenTokens.Copy(),
        Request = Request.Copy(),
        PromptTokens = PromptTokens.Copy(),
        GeneratedTokens = GeneratedTokens.Copy(),
        StepTokens = StepTokens.Copy(),
    };
}
