using System.CommandLine;
using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options.Parsing;

namespace Llumnix.Cli.Options;

/// <summary>Options that name a file to be read. That there is none is told with what else is wrong with the command line.</summary>
internal static class InputFile
{
    private const string Folder = "is a folder";

    /// <summary>Makes an option of a file that may hold a secret: a text that does not look like a path is not repeated.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What is read.</param>
    internal static Option<string?> CreateSecretOption(string name, string description) =>
        CreateOption(name, description, static path => FindProblem(path) is { } problem ? $"{NamedFile.Of(path)} cannot be read: {(problem == Folder ? $"it {Folder}" : problem)}" : null);

    /// <summary>Makes an option.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="description">What is read.</param>
    internal static Option<string?> CreateOption(string name, string description) =>
        CreateOption(name, description, static path => FindProblem(path) is { } problem ? $"{Quoted.Plain(RefusedValue.WithoutSecrets(path))}: {problem}" : null);

    /// <summary>Why there is nothing to read; null where there is.</summary>
    internal static string? FindProblem(string path) =>
        Directory.Exists(path) ? Folder : File.Exists(path) ? null : FileFailure.Describe(new FileNotFoundException());

    private static Option<string?> CreateOption(string name, string description, Func<string, string?> findProblem)
    {
        var option = new Option<string?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [.., var token] && (token.Value.Length == 0 ? "the name of a file is needed" : findProblem(token.Value)) is { } problem)
            {
                result.AddError($"{name}: {problem}");
            }
        });
        return option;
    }
}
