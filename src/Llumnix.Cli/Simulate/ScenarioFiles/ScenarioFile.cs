using Llumnix.Adapters.Files;
using Llumnix.Adapters.Options;
using Llumnix.Adapters.Options.Parsing;
using YamlDotNet.RepresentationModel;

namespace Llumnix.Cli.Simulate.ScenarioFiles;

/// <summary>Reads scenarios from YAML, of which JSON is a subset. Paths in them are relative to the file.</summary>
internal static class ScenarioFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="ScenarioException">It cannot be read or used; the message has a line for each problem.</exception>
    public static Scenario Read(string path) => ScenarioInput.Read(path, ScenarioFlags.None).Checked;

    /// <summary>Reads a text.</summary>
    /// <param name="yaml">The text.</param>
    /// <param name="directory">The directory that paths in it are relative to.</param>
    /// <param name="name">Its name in messages.</param>
    /// <exception cref="ScenarioException">It cannot be used; the message has a line for each problem.</exception>
    public static Scenario Parse(string yaml, string directory, string name) => ScenarioInput.Parse(yaml, directory, name).Checked;

    /// <summary>Loads a file as a tree.</summary>
    /// <exception cref="ScenarioException">It cannot be read, or is no YAML.</exception>
    internal static YamlNode Load(string path)
    {
        if (path.Length == 0)
        {
            throw new ScenarioException("the name of the scenario's file is empty");
        }

        try
        {
            return Load(BoundedTextFile.Read(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is no file may be a contestant that was meant for --compare.
            throw new ScenarioException($"{RefusedValue.WithoutSecrets(path)}: {FileFailure.Describe(exception, path)}", exception);
        }
    }

    /// <summary>Loads a text as a tree.</summary>
    /// <exception cref="ScenarioException">It is no YAML.</exception>
    internal static YamlNode Load(string yaml, string name)
    {
        try
        {
            return YamlText.ParseWithRepeatedKeys(yaml, name, "a scenario");
        }
        catch (YamlTextException exception)
        {
            throw new ScenarioException(exception.Message, exception);
        }
    }
}
