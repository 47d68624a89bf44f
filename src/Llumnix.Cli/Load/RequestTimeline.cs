namespace Llumnix.Cli.Load;

/// <summary>The moments of one request that its latencies are made of.</summary>
/// <param name="time">Clock.</param>
/// <param name="due">Timestamp at which the request is due; latencies count from here, so that a late start is not hidden.</param>
/// <param name="maxTokens">Tokens asked for; events beyond them carry no token (usage, for one).</param>
internal sealed class RequestTimeline(TimeProvider time, long due, int maxTokens)
{
    private long _first;
    private long _last;

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

    /// <summary>Takes note of how many tokens the engine has counted: an event may have brought several, or one without a text.</summary>
    /// <returns>True when the first one is among them.</returns>
    public bool OnUsage(int completionTokens)
    {
        if (Tokens == 0)
        {
            return OnTokens(completionTokens);
        }

        Tokens = Math.Clamp(completionTokens, Tokens, maxTokens);
        return false;
    }

    /// <summary>Takes note of tokens that have arrived just now.</summary>
    /// <returns>True when the first one is among them.</returns>
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
