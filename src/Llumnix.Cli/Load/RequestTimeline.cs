namespace Llumnix.Cli.Load;

/// <summary>The times of one request's events, from which its latencies follow.</summary>
/// <param name="time">Clock.</param>
/// <param name="due">Timestamp at which the request is due. Latencies count from here, so that a late start is not hidden.</param>
/// <param name="maxTokens">Number of requested tokens; further events are ignored, since they carry no token (the usage, for instance).</param>
internal sealed class RequestTimeline(TimeProvider time, long due, int maxTokens)
{
    private long _first;
    private long _last;

    /// <summary>Timestamp at which the request was due.</summary>
    public long Due => due;

    /// <summary>Tokens that have arrived.</summary>
    public int Tokens { get; private set; }

    /// <summary>Time since the request was due.</summary>
    public TimeSpan Age => time.GetElapsedTime(due);

    /// <summary>Time to first token; meaningful once there is one.</summary>
    public TimeSpan Ttft => time.GetElapsedTime(due, _first);

    /// <summary>Time per output token, (last − first) / (tokens − 1); null below two tokens.</summary>
    public TimeSpan? Tpot => Tokens < 2 ? null : time.GetElapsedTime(_first, _last) / (Tokens - 1);

    /// <summary>Time from due to the last token.</summary>
    public TimeSpan EndToEnd => time.GetElapsedTime(due, _last);

    /// <summary>Records the engine's count of tokens so far: an event may have brought several, or one without text.</summary>
    /// <returns>Whether the first token is among them.</returns>
    public bool OnUsage(int completionTokens)
    {
        if (Tokens == 0)
        {
            return OnTokens(completionTokens);
        }

        Tokens = Math.Clamp(completionTokens, Tokens, maxTokens);
        return false;
    }

    /// <summary>Records tokens that have just arrived.</summary>
    /// <returns>Whether the first token is among them.</returns>
    public bool OnTokens(int count)
    {
        int accepted = Math.Min(count, maxTokens - Tokens);
        if (accepted <= 0)
        {
            return false;
        }

        bool isFirst = Tokens == 0;
        Tokens += accepted;
        _last = time.GetTimestamp();
        _first = isFirst ? _last : _first;
        return isFirst;
    }
}
