namespace Llumnix.Adapters.Profiles;

/// <summary>What is wrong with a file: the first problems in words, the others by their number.</summary>
/// <param name="name">The file's name, with which the number is told.</param>
/// <param name="most">How many are told in words.</param>
/// <param name="unit">What the others are counted in.</param>
internal sealed class BoundedProblems(string name, int most, string unit = "problem")
{
    private readonly List<string> _told = [];
    private int _more;

    /// <summary>Adds one.</summary>
    /// <param name="problem">A line that names the file.</param>
    public void Add(string problem)
    {
        if (_told.Count < most)
        {
            _told.Add(problem);
        }
        else
        {
            _more++;
        }
    }

    /// <summary>Tells them.</summary>
    /// <exception cref="ProfilingTableException">There are some.</exception>
    public void ThrowIfAny()
    {
        if (_more > 0)
        {
            _told.Add(FormattableString.Invariant($"{name}: and {_more} more {unit}{(_more == 1 ? "" : "s")}"));
        }

        if (_told.Count > 0)
        {
            throw new ProfilingTableException(_told);
        }
    }
}
