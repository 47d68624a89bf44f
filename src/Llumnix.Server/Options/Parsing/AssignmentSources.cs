using Llumnix.Server.Options.Table;

namespace Llumnix.Server.Options.Parsing;

/// <summary>Collects the assignments of all sources, weakest first.</summary>
internal static class AssignmentSources
{
    public static List<OptionAssignment> ReadAll(
        IReadOnlyList<string> args,
        IReadOnlyDictionary<string, string> environment,
        Func<string, string> readFile,
        List<OptionProblem> problems)
    {
        List<OptionAssignment> flags = CommandLineReader.Read(args, problems);
        List<OptionAssignment> variables = EnvironmentReader.Read(environment, problems);
        List<OptionAssignment> all = [.. variables, .. flags];
        if (FindLast(all, ServiceOptionTable.Config) is { } config)
        {
            all.InsertRange(0, ReadConfig(config, readFile, problems));
        }

        if (FindLast(all, ServiceOptionTable.ExtraArguments) is { } extra)
        {
            all.AddRange(ExtraArgumentsReader.Read(extra.Text, problems));
        }

        all.AddRange(SecretFileReader.Read(all, readFile, problems));
        return all;
    }

    private static OptionAssignment? FindLast(List<OptionAssignment> assignments, OptionDefinition option) =>
        assignments.FindLast(assignment => assignment.Option == option && assignment.Text.Length > 0);

    private static List<OptionAssignment> ReadConfig(OptionAssignment config, Func<string, string> readFile, List<OptionProblem> problems)
    {
        string? text = ReadableFile.TryRead(config, readFile, problems);
        return text is null ? [] : ConfigFileReader.Read(config.Text, text, problems);
    }
}
