namespace Llumnix.Adapters.Outages;

/// <summary>
/// Decides when the outage of a service is worth a line in the log: at once at its first failure; later, for another error or a next
/// outage, no earlier than a while after the line before. The end of an outage is told if its beginning was. For one thread at a time.
/// </summary>
/// <remarks>Errors that alternate, or a service that comes and goes, are so two lines in that while; what lasts is always told in the end.</remarks>
internal sealed class OutageLog(TimeProvider timeProvider)
{
    /// <summary>Least time between two lines about failures.</summary>
    public static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);

    private long? _told;
    private string? _toldError;
    private bool _isTold;
    private bool _hasAnswered;

    /// <summary>The service has failed.</summary>
    /// <param name="error">Why, as it would be logged.</param>
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

    /// <summary>The service has answered.</summary>
    /// <returns>Whether to log that: for the first time, or after an outage that was told.</returns>
    public bool Answers()
    {
        bool isNews = _isTold || !_hasAnswered;
        (_isTold, _hasAnswered) = (false, true);
        return isNews;
    }
}
