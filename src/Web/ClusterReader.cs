using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.AspNetCore.Components.Authorization;

namespace AdaptCluster.Web;

/// <summary>
/// The grains that the pages ask. Every call carries who asks: the grains refuse a change by somebody who may only read, whatever a page
/// shows them.
/// </summary>
/// <param name="client">How they are reached.</param>
/// <param name="people">Knows who looks at the pages.</param>
/// <param name="services">Have <see cref="LoginWays"/> where one must log in.</param>
internal sealed class ClusterReader(IClusterClient client, AuthenticationStateProvider people, IServiceProvider services)
{
    private readonly bool _needsLogin = services.GetService(typeof(LoginWays)) is not null;

    /// <summary>Planning, submission and listing.</summary>
    public IFrontGrain Front => Client.GetGrain<IFrontGrain>(0);

    /// <summary>Whether whoever looks may read only.</summary>
    public bool IsReadOnly => Caller.IsReadOnly;

    /// <summary>Plans a spec in a user's name.</summary>
    public Task<PlanPreview> PlanAsync(string spec, string source, string user)
    {
        var front = Front;
        CallerName.Set(user);
        return front.PlanAsync(spec, source);
    }

    /// <summary>One sweep.</summary>
    public ISweepGrain Sweep(SweepId id) => Client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>One sweep's table.</summary>
    public ICoordinatorGrain Coordinator(SweepId id) => Client.GetGrain<ICoordinatorGrain>(id.Value);

    private IClusterClient Client
    {
        get
        {
            Caller.Apply();
            return client;
        }
    }

    private Caller Caller => people.GetAuthenticationStateAsync() is { IsCompletedSuccessfully: true, Result.User: var person }
        ? PageClaims.CallerOf(person, _needsLogin)
        // Nobody has said yet who it is.
        : new Caller(CallerWay.Page, Name: null, IsReadOnly: true);
}
