using Llumnix.Attacks.Harness;

namespace Llumnix.Attacks.Connections;

/// <summary>Scrapers that ask for the metrics of a large fleet, one page after the other.</summary>
internal sealed class Scrapers : Attack
{
    internal override string Name => "metrics";

    internal override string Description => "16 scrapers of /metrics at 1,024 instances, without a pause";

    internal override FleetKind Fleet(Scale scale) => new(true, scale.Of(1_024, 16));

    internal override async Task RunAsync(Scene scene, CancellationToken cancellation)
    {
        using HttpMessageInvoker invoker = AttackHttp.InvokerFrom(Addresses.Attacker);
        using var end = new CancellationTokenSource(scene.Scale.Hold * 1.5);
        await Task.WhenAll(Enumerable.Range(0, scene.Scale.Of(16, 2)).Select(_ => ScrapeAsync(scene, invoker, end.Token))).WaitAsync(cancellation);
    }

    private static async Task ScrapeAsync(Scene scene, HttpMessageInvoker invoker, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            scene.Answers.Add(await GetAsync(scene, invoker, end));
        }
    }

    private static async Task<string> GetAsync(Scene scene, HttpMessageInvoker invoker, CancellationToken end)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{scene.Port}/metrics");
        try
        {
            using HttpResponseMessage answer = await invoker.SendAsync(request, end);
            await answer.Content.CopyToAsync(Stream.Null, end);
            return $"{(int)answer.StatusCode}";
        }
        catch (OperationCanceledException)
        {
            return "cut off at the end";
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A scraper that is turned away comes again, but does not spin.
            await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            return "not connected";
        }
    }
}
