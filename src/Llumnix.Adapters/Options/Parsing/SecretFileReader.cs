using Llumnix.Adapters.Options.Table;

namespace Llumnix.Adapters.Options.Parsing;

/// <summary>Resolves <c>--service-token-file</c> and similar options to the secrets in the files.</summary>
internal static class SecretFileReader
{
    public static List<OptionAssignment> Read(
        OptionTable table, IReadOnlyList<OptionAssignment> assignments, Func<string, string> readFile, List<OptionProblem> problems)
    {
        var secrets = new List<OptionAssignment>();
        foreach (OptionDefinition row in table.Definitions.Where(row => row.SecretOf is not null))
        {
            OptionDefinition secret = table.Get(row.SecretOf!);
            OptionAssignment? file = assignments.LastOrDefault(assignment => assignment.Option == row && assignment.Text.Length > 0);
            if (file is not null && assignments.Any(assignment => assignment.Option == secret && assignment.Text.Length > 0))
            {
                problems.Add(new OptionProblem(file.Source, $"give either {row.Flag} or {secret.Flag}, not both"));
            }
            else if (file is not null && ReadableFile.TryRead(file, readFile, problems) is { } text)
            {
                AddSecret(file, secret, text.TrimEnd('\r', '\n'), secrets, problems);
            }
        }

        return secrets;
    }

    private static void AddSecret(
        OptionAssignment file, OptionDefinition secret, string text, List<OptionAssignment> secrets, List<OptionProblem> problems)
    {
        if (text.Length == 0)
        {
            // An empty token would silently leave the service open.
            problems.Add(new OptionProblem(file.Source, "the file that it names is empty"));
            return;
        }

        secrets.Add(new OptionAssignment(secret, text, file.Source));
    }
}
