using System.CommandLine;
using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Cli.Commands;

/// <summary>
/// Options of a command line that the parser would misread: unknown ones, which it takes for arguments, and those in front of another option where their value belongs, as
/// in <c>--rate --engines 3</c>, for which it takes the other option.
/// </summary>
/// <param name="Problems">What is wrong, a line for each.</param>
/// <param name="Doubtful">The names of the options whose values are open: those without a value, and those that unknown ones were probably meant to be.</param>
/// <param name="Rest">The command line without them.</param>
internal sealed record MisreadOptions(IReadOnlyList<string> Problems, IReadOnlySet<string> Doubtful, IReadOnlyList<string> Rest)
{
    private const string Dashes = "--";

    /// <summary>That of names such as <c>-h</c>.</summary>
    private const int ShortNameLength = 2;

    /// <summary>Finds them.</summary>
    /// <param name="parsed">What the parser has read.</param>
    /// <param name="args">The command line.</param>
    internal static MisreadOptions Find(ParseResult parsed, IReadOnlyList<string> args)
    {
        Option[] known = [.. ParseMessages.Options(parsed)];
        var problems = new List<string>();
        var doubtful = new HashSet<string>(StringComparer.Ordinal);
        var rest = new List<string>();
        int end = args.TakeWhile(static arg => arg != Dashes).Count();
        for (int i = 0; i < end; i++)
        {
            string? next = i + 1 < end ? args[i + 1] : null;
            if (!IsOption(args[i]) || (i > 0 && NeedsValue(known, args[i - 1]) && !args[i].StartsWith(Dashes, StringComparison.Ordinal)))
            {
                rest.Add(args[i]);
            }
            else if (Find(known, args[i]) is not { } option)
            {
                Option? meant = FindMeant(known, args[i]);
                problems.Add(ParseMessages.DescribeUnknown(args[i], parsed));
                doubtful.UnionWith(meant is null ? [] : [meant.Name]);
                i += HasValue(known, args[i], next, meant) ? 1 : 0;
            }
            else if (option.Arity.MinimumNumberOfValues > 0 && option.Name == args[i] && next is not null && next.StartsWith(Dashes, StringComparison.Ordinal))
            {
                problems.Add($"{option.Name} needs a value");
                doubtful.Add(option.Name);
            }
            else
            {
                rest.Add(args[i]);
            }
        }

        return new MisreadOptions(problems, doubtful, [.. rest, .. args.Skip(end)]);
    }

    /// <summary>Whether an argument looks like the name of an option: with two dashes, or with one where two are meant. A dash alone and numbers are values.</summary>
    private static bool IsOption(string arg) =>
        arg.StartsWith(Dashes, StringComparison.Ordinal) || (arg.Length > ShortNameLength && arg[0] == '-' && char.IsAsciiLetter(arg[1]) && char.IsAsciiLetter(arg[2]));

    private static bool NeedsValue(Option[] known, string arg) => Find(known, arg) is { Arity.MinimumNumberOfValues: > 0 } && !arg.Contains('=');

    private static Option? Find(Option[] known, string arg)
    {
        string name = arg.Split('=')[0];
        return Array.Find(known, option => option.Name == name || option.Aliases.Contains(name));
    }

    private static Option? FindMeant(Option[] known, string arg) =>
        NearestName.FindClose(arg.Split('=')[0], [.. known.Select(static option => option.Name)]) is { } name ? Find(known, name) : null;

    /// <summary>Whether the next argument is the value of an unknown option: as that of the one it was meant to be or, where that is open, unless it is a file.</summary>
    private static bool HasValue(Option[] known, string arg, string? next, Option? meant) =>
        next is not null && !next.StartsWith(Dashes, StringComparison.Ordinal) && Find(known, next) is null && !arg.Contains('=')
        && (meant is null ? !File.Exists(next) : meant.ValueType != typeof(bool));
}
