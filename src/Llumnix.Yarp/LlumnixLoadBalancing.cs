using Llumnix.Adapters.Embedding;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace Llumnix.Yarp;

/// <summary>Adds a load-balancing policy for clusters of inference engines to YARP.</summary>
public static class LlumnixLoadBalancing
{
    /// <summary>The policy's name, for <c>LoadBalancingPolicy</c> of a cluster.</summary>
    public const string PolicyName = "Llumnix";

    /// <summary>
    /// Adds the policy. Each cluster that names it gets a scheduler over its destinations, with the options and extensions of
    /// <see cref="EmbeddedSchedulerServices.AddLlumnixScheduler"/>, which must be called, too.
    /// </summary>
    /// <param name="proxy">The proxy.</param>
    /// <param name="promptTokens">Tells the length of a request's prompt in tokens, as far as it is known before the body is read; null: a token per four bytes of the body.</param>
    public static IReverseProxyBuilder AddLlumnixLoadBalancing(this IReverseProxyBuilder proxy, Func<HttpContext, int>? promptTokens = null)
    {
        proxy.Services.AddSingleton(static provider => new ClusterSchedulers(provider.GetService<EmbeddedSchedulerFactory>()
            ?? throw new InvalidOperationException("AddLlumnixLoadBalancing needs a scheduler: call AddLlumnixScheduler on the services, too.")));
        proxy.Services.AddSingleton<IClusterChangeListener>(static provider => provider.GetRequiredService<ClusterSchedulers>());
        proxy.Services.AddSingleton<ILoadBalancingPolicy>(
            provider => new LlumnixLoadBalancingPolicy(provider.GetRequiredService<ClusterSchedulers>(), promptTokens ?? PromptLength.Estimate));
        return proxy;
    }
}
