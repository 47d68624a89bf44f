using System.CommandLine;
using Llumnix.Adapters.Options;

namespace Llumnix.Cli.Serve;

/// <summary><c>--extra-args "a=1,b='x,y'"</c>: flags in one text, which override the others.</summary>
internal static class ExtraArguments
{
    private const string Name = "--extra-args";

    /// <summary>The option, for the help text; <see cref="Expand"/> takes it out of the command line.</summary>
    internal static Option<string> Create() => new(Name) { Description = "Flags that override all others: \"port=8000,engines='http://a:8000,http://b:8000'\"." };

    /// <summary>A command line in which the flags of the extra arguments have taken the place of their namesakes.</summary>
    /// <param name="command">The command.</param>
    /// <param name="args">Its command line without its name.</param>
    /// <param name="isRefused">Whether a name that is no option of the command is to stay, because it is answered later.</param>
    /// <param name="problem">What is wrong, without any value; null when nothing is.</param>
    internal static string[] Expand(Command command, IReadOnlyList<string> args, Func<string, bool> isRefused, out string? problem)
    {
        Option own = command.Options.First(static option => option.Name == Name);
        List<string> rest = [.. args];
        string text = Take(rest, own) ?? "";
        problem = QuotedList.TrySplit(text, out IReadOnlyList<string> items) ? null : $"{Name}: a quote is not closed";
        var added = new List<string>();
        foreach ((int index, string item) in items.Index())
        {
            int equals = item.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? "" : "--" + item[..equals].Trim().TrimStart('-').Replace('_', '-');
            Option? option = name == Name ? null : command.Options.FirstOrDefault(option => option.Name == name);
            if (option is null && !isRefused(name.TrimStart('-')))
            {
                // The item is not quoted in the message: it may be part of a secret.
                problem ??= FormattableString.Invariant($"{Name}: item {index + 1} must be name=value with the name of a flag");
            }
            else if (option is not null)
            {
                Take(rest, option);
                Take(added, option);
            }

            added.Add($"{name}={item[(equals + 1)..].Trim()}");
        }

        return [.. rest, .. added];
    }

    /// <summary>Takes an option out of a command line.</summary>
    /// <returns>Its last value; null when it is not there.</returns>
    private static string? Take(List<string> args, Option option)
    {
        string? last = null;
        int at;
        while ((at = args.FindIndex(arg => arg == option.Name || arg.StartsWith(option.Name + "=", StringComparison.Ordinal))) >= 0)
        {
            int length = 1;
            last = args[at] == option.Name ? "" : args[at][(option.Name.Length + 1)..];
            if (args[at] == option.Name && at + 1 < args.Count && IsValue(option, args[at + 1]))
            {
                last = args[at + 1];
                length = 2;
            }

            args.RemoveRange(at, length);
        }

        return last;
    }

    private static bool IsValue(Option option, string next) =>
        option.ValueType == typeof(bool) ? bool.TryParse(next, out _) : !next.StartsWith("--", StringComparison.Ordinal);
}
