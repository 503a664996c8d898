using System.Xml.Linq;
using AdaptCluster.Grains;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Keeps the keys of cookies and antiforgery tokens in the store, so that a browser may speak with any control silo and stays logged in
/// when one restarts. Who reads the store can make such cookies: docs/security.md says who that may be.
/// </summary>
internal sealed class StoredKeys(IServiceProvider services) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. GrainServices.CookieKeysAsync(services).GetAwaiter().GetResult().Select(XElement.Parse)];

    public void StoreElement(XElement element, string friendlyName) =>
        GrainServices.AddCookieKeyAsync(services, friendlyName, element.ToString(SaveOptions.DisableFormatting)).GetAwaiter().GetResult();
}
