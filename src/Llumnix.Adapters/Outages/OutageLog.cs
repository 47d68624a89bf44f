namespace Llumnix.Adapters.Outages;

/// <summary>
/// Decides which failures of a service are logged: the first one at once; a different error or the next outage no sooner than <see cref="Quiet"/>
/// after the line before. The end of an outage is logged if its beginning was. For one thread at a time.
/// </summary>
/// <remarks>
/// So alternating errors, or a service that comes and goes, cause at most two lines per <see cref="Quiet"/>, and a lasting failure is always logged
/// in the end.
/// </remarks>
public sealed class OutageLog(TimeProvider timeProvider)
{
    /// <summary>Least time between two lines about failures.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private long? _told;
    private string? _toldError;
    private bool _isTold;
    private bool _hasAnswered;

    /// <summary>Records a failure.</summary>
    /// <param name="error">The text that would be logged.</param>
    /// <returns>Whether to log it.</returns>
    public bool Fails(string error)
    {
        bool isNews = !_isTold || error != _toldError;
        if (!isNews || (_told is { } told && timeProvider.GetElapsedTime(told) < Quiet))
        {
            return false;
        }

        (_told, _toldError, _isTold) = (timeProvider.GetTimestamp(), error, true);
        return true;
    }

    /// <summary>Records an answer.</summary>
    /// <returns>Whether to log it: it is the first answer, or ends an outage that was logged.</returns>
    public bool Answers()
    {
        bool isNews = _isTold || !_hasAnswered;
        (_isTold, _hasAnswered) = (false, true);
        return isNews;
    }
}
