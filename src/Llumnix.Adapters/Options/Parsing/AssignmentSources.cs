using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Collects the assignments of all sources, weakest first.</summary>
internal static class AssignmentSources
{
    public static List<OptionAssignment> ReadAll(
        OptionTable table,
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        Func<string, string> readFile,
        List<OptionProblem> problems)
    {
        List<OptionAssignment> flags = CommandLineReader.Read(table, args, problems);
        List<OptionAssignment> variables = EnvironmentReader.Read(table, environment, problems);
        List<OptionAssignment> all = [.. variables, .. flags];
        if (FindLast(all, OptionTable.ConfigName) is { } config)
        {
            all.InsertRange(0, ReadConfig(table, config, readFile, problems));
        }

        if (FindLast(all, OptionTable.ExtraArgumentsName) is { } extra)
        {
            all.AddRange(ExtraArgumentsReader.Read(table, extra.Text, problems));
        }

        all.AddRange(SecretFileReader.Read(table, all, readFile, problems));
        return all;
    }

    private static OptionAssignment? FindLast(List<OptionAssignment> assignments, string option) =>
        assignments.FindLast(assignment => assignment.Option.Name == option && assignment.Text.Length > 0);

    private static List<OptionAssignment> ReadConfig(OptionTable table, OptionAssignment config, Func<string, string> readFile, List<OptionProblem> problems)
    {
        string? text = ReadableFile.TryRead(config, readFile, problems);
        return text is null ? [] : ConfigFileReader.Read(table, config.Text, text, problems);
    }
}
