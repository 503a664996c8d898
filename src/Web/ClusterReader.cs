using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace AdaptCluster.Web;

/// <summary>
/// Calls the grains for the pages and the API. Every call carries the caller's identity, so that the grains can refuse changes by callers
/// with read-only access, even if a page offers them.
/// </summary>
internal sealed class ClusterReader
{
    private readonly IClusterClient _client;
    private readonly Func<Caller> _caller;

    /// <summary>Initializes a reader for a page.</summary>
    /// <param name="client">The client for the grains.</param>
    /// <param name="people">Provides the page's user.</param>
    /// <param name="services">Contains <see cref="LoginMethods"/> if a login is required.</param>
    public ClusterReader(IClusterClient client, AuthenticationStateProvider people, IServiceProvider services)
        : this(client, CallerOf(people, services.GetService(typeof(LoginMethods)) is not null))
    {
    }

    private ClusterReader(IClusterClient client, Func<Caller> caller) => (_client, _caller) = (client, caller);

    /// <summary>Creates a reader for a request that is not for a page.</summary>
    /// <param name="context">The request.</param>
    public static ClusterReader Of(HttpContext context) =>
        new(context.RequestServices.GetRequiredService<IClusterClient>(), () => PageClaims.CallerOf(context));

    /// <summary>The grain for planning, submitting and listing sweeps.</summary>
    public IFrontGrain Front => Client.GetGrain<IFrontGrain>(0);

    /// <summary>Whether the user has read-only access.</summary>
    public bool IsReadOnly => _caller().IsReadOnly;

    /// <summary>The reads that the commands also use.</summary>
    public ISweepReads Reads => new GrainReads(() => Client);

    /// <summary>Plans a spec under a user's name.</summary>
    public Task<PlanPreview> PlanAsync(string spec, string source, string user)
    {
        var front = Front;
        CallerName.Set(user);
        return front.PlanAsync(spec, source);
    }

    /// <summary>Returns the grain of a sweep.</summary>
    public ISweepGrain Sweep(SweepId id) => Client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>Returns the grain of a sweep's table.</summary>
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
            // The user is not known yet.
            : new Caller(CallerWay.Page, Name: null, IsReadOnly: true);
}
