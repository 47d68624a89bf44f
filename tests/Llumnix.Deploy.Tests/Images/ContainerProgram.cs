using System.Globalization;
using k8s.Models;
using Llumnix.Deploy.Tests.Secrets;
using Llumnix.Testing.Servers;

namespace Llumnix.Deploy.Tests.Images;

/// <summary>Runs the program of a container as it is started in a pod, with the ports and the addresses of this machine.</summary>
internal static class ContainerProgram
{
    /// <param name="root">Where the images' files are.</param>
    /// <param name="start">How the container is started.</param>
    /// <param name="container">The container.</param>
    /// <param name="redis">The Redis of the overlay.</param>
    /// <param name="ports">What stands for the container's ports, from the lowest one on.</param>
    public static UnprivilegedProgram Start(string root, ContainerStart start, V1Container container, RedisServer redis, params int[] ports)
    {
        (string Declared, string Actual)[] moved =
            [.. container.Ports.Select(port => port.ContainerPort).Order().Select(Text).Zip(ports.Select(Text))];
        Assert.Equal(container.Ports.Count, ports.Length);
        string store = Text(redis.Port);
        IEnumerable<string> arguments = start.Arguments.Select(argument => Moved(argument, "--port=")
            .Replace("=0.0.0.0", "=127.0.0.1", StringComparison.Ordinal)
            .Replace("=llumnix-redis:6379", $"=127.0.0.1:{store}", StringComparison.Ordinal)
            .Replace("redis-host=llumnix-redis", "redis-host=127.0.0.1", StringComparison.Ordinal)
            .Replace("redis-port=6379", $"redis-port={store}", StringComparison.Ordinal));
        return UnprivilegedProgram.Start(
            Path.Combine(root, container.Command.Single()[1..]),
            [.. arguments],
            start.Environment.ToDictionary(variable => variable.Key, variable => Moved(Moved(variable.Value, ""), "127.0.0.1:")));

        string Moved(string text, string before) =>
            moved.Where(port => text == before + port.Declared).Select(port => before + port.Actual).FirstOrDefault(text);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
