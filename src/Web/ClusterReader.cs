using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Web;

/// <summary>
/// The grains that the pages and the API ask. Every call carries who asks: the grains refuse a change by somebody who may only read,
/// whatever a page shows them.
/// </summary>
internal sealed class ClusterReader
{
    private readonly IClusterClient _client;
    private readonly Func<Caller> _caller;

    /// <summary>The one of a page.</summary>
    /// <param name="client">How the grains are reached.</param>
    /// <param name="people">Knows who looks at the pages.</param>
    /// <param name="services">Have <see cref="LoginWays"/> where one must log in.</param>
    public ClusterReader(IClusterClient client, AuthenticationStateProvider people, IServiceProvider services)
        : this(client, CallerOf(people, services.GetService(typeof(LoginWays)) is not null))
    {
    }

    private ClusterReader(IClusterClient client, Func<Caller> caller) => (_client, _caller) = (client, caller);

    /// <summary>The one of a request that is for no page.</summary>
    /// <param name="context">The request.</param>
    public static ClusterReader Of(HttpContext context) =>
        new(context.RequestServices.GetRequiredService<IClusterClient>(), () => PageClaims.CallerOf(context));

    /// <summary>Planning, submission and listing.</summary>
    public IFrontGrain Front => Client.GetGrain<IFrontGrain>(0);

    /// <summary>Whether whoever looks may read only.</summary>
    public bool IsReadOnly => _caller().IsReadOnly;

    /// <summary>What commands read of sweeps too.</summary>
    public ISweepReads Reads => new GrainReads(() => Client);

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
            _caller().Apply();
            return _client;
        }
    }

    private static Func<Caller> CallerOf(AuthenticationStateProvider people, bool needsLogin) => () =>
        people.GetAuthenticationStateAsync() is { IsCompletedSuccessfully: true, Result.User: var person }
            ? PageClaims.CallerOf(person, needsLogin)
            // Nobody has said yet who it is.
            : new Caller(CallerWay.Page, Name: null, IsReadOnly: true);
}
