using System.Text.Json;
using System.Text.Json.Nodes;

namespace Llumnix.Cli.Profiling;

/// <summary>
/// A profiling table that is written cell by cell: the file is complete JSON after every cell, so that an interrupted run can be continued.
/// </summary>
internal sealed class ProfileTableFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private readonly string _path;
    private readonly JsonObject _root;
    private readonly JsonArray _results;

    private ProfileTableFile(string path, JsonObject root, JsonArray results) => (_path, _root, _results) = (path, root, results);

    /// <summary>Opens the table of an earlier run, or begins a new one.</summary>
    /// <param name="path">The file; created with the first cell.</param>
    /// <param name="model">The measured model. The table of another model is not continued.</param>
    /// <param name="description">Description of the measurement.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="ProfileException">The file exists and is not a table, or is one of another model.</exception>
    public static ProfileTableFile Open(string path, string model, string description, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            var results = new JsonArray();
            var metadata = new JsonObject
            {
                ["model"] = model,
                ["timestamp"] = time.GetUtcNow().ToString("O"),
                ["description"] = description,
            };
            return new ProfileTableFile(path, new JsonObject { ["metadata"] = metadata, ["results"] = results }, results);
        }

        JsonObject? root = Read(path);
        string? owner = (root?["metadata"] as JsonObject)?["model"]?.ToString();
        return root?["results"] is not JsonArray rows ? throw new ProfileException($"{path} is there and no profiling table; move it away or use --restart")
            : owner != model ? throw new ProfileException($"{path} is a table of model '{owner}', not of '{model}'; move it away or use --restart")
            : new ProfileTableFile(path, root, rows);
    }

    /// <summary>Whether there is a row with these members.</summary>
    public bool Has(params ReadOnlySpan<(string Name, int Value)> key)
    {
        foreach (JsonNode? row in _results)
        {
            bool isEqual = true;
            foreach ((string name, int value) in key)
            {
                isEqual &= row is JsonObject cells && cells[name] is JsonValue cell && cell.TryGetValue(out int number) && number == value;
            }

            if (isEqual)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The rows with these members: their values and medians.</summary>
    public IEnumerable<(int[] Values, double Milliseconds)> Medians(string[] names)
    {
        foreach (JsonNode? row in _results)
        {
            if (row is JsonObject cells && Number<double>(cells, "p50") is { } median
                && names.Select(name => Number<int>(cells, name)).ToArray() is var values && values.All(static value => value is not null))
            {
                yield return ([.. values.Select(static value => value!.Value)], median);
            }
        }
    }

    /// <summary>Adds a row and writes the file atomically: a crash leaves the old or the new version.</summary>
    public void Add(CellStatistics statistics, params ReadOnlySpan<(string Name, int Value)> key)
    {
        var row = new JsonObject();
        foreach ((string name, int value) in key)
        {
            row[name] = value;
        }

        statistics.WriteTo(row);
        _results.Add((JsonNode)row);
        string temporary = _path + ".part";
        File.WriteAllText(temporary, _root.ToJsonString(Indented));
        File.Move(temporary, _path, overwrite: true);
    }

    private static T? Number<T>(JsonObject row, string name)
        where T : struct => row[name] is JsonValue value && value.TryGetValue(out T number) ? number : null;

    private static JsonObject? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
