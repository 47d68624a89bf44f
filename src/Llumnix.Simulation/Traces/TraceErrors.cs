namespace Llumnix.Simulation.Traces;

/// <summary>What is wrong with the rows of a trace: the first ones in words, the others by their number.</summary>
/// <param name="name">The file's name, with which each line begins.</param>
internal sealed class TraceErrors(string name)
{
    private const int MostTold = 5;

    private readonly List<string> _told = [];
    private int _more;
    private string? _end;

    /// <summary>Whether there is any.</summary>
    internal bool IsAny => _told.Count > 0 || _end is not null;

    /// <summary>Whether no other row is to be read.</summary>
    internal bool IsEnd => _end is not null;

    /// <summary>Adds what is wrong with a row.</summary>
    internal void Add(int line, string error)
    {
        if (_told.Count < MostTold)
        {
            _told.Add(Tell(line, error));
        }
        else
        {
            _more++;
        }
    }

    /// <summary>Adds what is wrong with a row behind which no other can be read.</summary>
    internal void End(int line, string error) => _end = Tell(line, error);

    /// <summary>A line for each that is told.</summary>
    public override string ToString() => string.Join('\n', [
        .. _told,
        .. _more == 0 ? Array.Empty<string>() : [FormattableString.Invariant($"{name}: and {_more} more row{(_more == 1 ? "" : "s")} that cannot be read")],
        .. _end is null ? Array.Empty<string>() : [_end],
    ]);

    private string Tell(int line, string error) => FormattableString.Invariant($"{name}:{line}: {error}");
}
