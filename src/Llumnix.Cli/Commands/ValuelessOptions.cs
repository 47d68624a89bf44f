using System.CommandLine;

namespace Llumnix.Cli.Commands;

/// <summary>
/// Options in front of another option where their value belongs, as in <c>--rate --engines 3</c>. The parser takes the other option for the value, and its value for an
/// argument; nobody means that.
/// </summary>
/// <param name="Names">The options that have no value.</param>
/// <param name="Rest">The command line without them.</param>
internal sealed record ValuelessOptions(IReadOnlyList<string> Names, IReadOnlyList<string> Rest)
{
    private const string EndOfOptions = "--";

    /// <summary>Finds them.</summary>
    /// <param name="known">The command's options.</param>
    /// <param name="args">The command line.</param>
    internal static ValuelessOptions Find(IReadOnlyList<Option> known, IReadOnlyList<string> args)
    {
        var names = new List<string>();
        var rest = new List<string>();
        bool isEnd = false;
        for (int i = 0; i < args.Count; i++)
        {
            isEnd |= args[i] == EndOfOptions;
            bool isValueless = !isEnd
                && Find(known, args[i]) is { Arity.MinimumNumberOfValues: > 0 }
                && i + 1 < args.Count
                && args[i + 1].StartsWith(EndOfOptions, StringComparison.Ordinal)
                && Find(known, args[i + 1].Split('=')[0]) is not null;
            (isValueless ? names : rest).Add(args[i]);
        }

        return new ValuelessOptions(names, rest);
    }

    private static Option? Find(IReadOnlyList<Option> known, string name) => known.FirstOrDefault(option => option.Name == name || option.Aliases.Contains(name));
}
