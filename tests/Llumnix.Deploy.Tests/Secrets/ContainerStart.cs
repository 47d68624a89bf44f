using System.Text.RegularExpressions;
using k8s.Models;
using Llumnix.Deploy.Tests.Manifests;

namespace Llumnix.Deploy.Tests.Secrets;

/// <summary>The variables and arguments that Kubernetes starts a container with.</summary>
/// <param name="Environment">Its variables, with those before them that they name.</param>
/// <param name="Arguments">Its arguments, with the variables that they name.</param>
internal sealed partial record ContainerStart(IReadOnlyDictionary<string, string> Environment, IReadOnlyList<string> Arguments)
{
    /// <summary>Every text that the process is given.</summary>
    public IEnumerable<string> Texts => Environment.Values.Concat(Arguments);

    /// <summary>
    /// Works out a start. <c>envFrom</c> counts before <c>env</c>; an optional key that is missing sets no variable; a variable that is not set stays in
    /// arguments as it is written.
    /// </summary>
    /// <param name="cluster">The overlay, for its config maps.</param>
    /// <param name="container">The container.</param>
    /// <param name="secrets">The keys of the Secret <c>llumnix</c>; empty when there is none.</param>
    public static ContainerStart Of(RenderedOverlay cluster, V1Container container, IReadOnlyDictionary<string, string> secrets)
    {
        Dictionary<string, string> variables = [];
        foreach (V1EnvFromSource source in container.EnvFrom ?? [])
        {
            foreach ((string name, string value) in cluster.Of<V1ConfigMap>().Single(map => map.Metadata.Name == source.ConfigMapRef.Name).Data)
            {
                variables[name] = value;
            }
        }

        foreach (V1EnvVar variable in container.Env ?? [])
        {
            if (variable.ValueFrom?.SecretKeyRef is not { } reference)
            {
                // A field of the pod: its name stands for its value, and its address is that of this machine.
                variables[variable.Name] = variable.ValueFrom?.FieldRef is { } field ? field.FieldPath == "status.podIP" ? "127.0.0.1" : field.FieldPath
                    : Expand(variable.Value, variables);
                continue;
            }

            Assert.Equal(SecretTests.Name, reference.Name);
            if (secrets.TryGetValue(reference.Key, out string? secret))
            {
                variables[variable.Name] = secret;
            }
        }

        return new ContainerStart(variables, [.. (container.Args ?? []).Select(argument => Expand(argument, variables))]);
    }

    private static string Expand(string text, Dictionary<string, string> variables) =>
        Reference().Replace(text, match => variables.GetValueOrDefault(match.Groups[1].Value, match.Value));

    [GeneratedRegex(@"\$\(([A-Za-z_][A-Za-z0-9_]*)\)")]
    private static partial Regex Reference();
}
