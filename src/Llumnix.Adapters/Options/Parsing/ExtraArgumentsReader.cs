using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Reads <c>a=1,b='x,y'</c>: commas inside single or double quotes do not separate.</summary>
internal static class ExtraArgumentsReader
{
    public static List<OptionAssignment> Read(OptionTable table, string text, List<OptionProblem> problems)
    {
        var assignments = new List<OptionAssignment>();
        if (!QuotedList.TrySplit(text, out IReadOnlyList<string> items))
        {
            problems.Add(Problem("--" + OptionTable.ExtraArgumentsName, "a quote is not closed"));
            return assignments;
        }

        for (int index = 0; index < items.Count; index++)
        {
            ReadItem(table, items[index], index + 1, assignments, problems);
        }

        return assignments;
    }

    private static void ReadItem(OptionTable table, string item, int number, List<OptionAssignment> assignments, List<OptionProblem> problems)
    {
        int equals = item.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            // The item is not quoted in the message: it may be part of a secret.
            problems.Add(Problem(FormattableString.Invariant($"item {number}"), "name=value is expected"));
            return;
        }

        string written = item[..equals].Trim();
        string name = written.TrimStart('-');
        if (table.Find(name) is not { } option)
        {
            // An item after a secret may be the rest of that secret, after an unquoted comma.
            string? shown = assignments is [.., { Option.IsSecret: true }] ? null : UnknownOption.Show(written);
            problems.Add(Problem(shown ?? FormattableString.Invariant($"item {number}"), UnknownOption.Describe(table, name)));
        }
        else if (option.Name is OptionTable.ConfigName or OptionTable.HelpName or OptionTable.VersionName or OptionTable.ExtraArgumentsName)
        {
            problems.Add(Problem(written, "not allowed here"));
        }
        else
        {
            assignments.Add(new OptionAssignment(option, item[(equals + 1)..].Trim(), Source(written)));
        }
    }

    private static OptionProblem Problem(string place, string message) => new(Source(place), message);

    private static OptionSource Source(string place) => new(OptionSourceKind.ExtraArguments, place);
}
