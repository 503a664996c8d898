namespace AdaptCluster.Storage;

/// <summary>
/// Stores the keys that protect the web page's cookies, so that every control silo can read cookies written by another silo or before a
/// restart.
/// </summary>
internal sealed class CookieKeyTable(StoreAccess access)
{
    /// <summary>Returns all keys, each as an XML element.</summary>
    public Task<List<string>> CookieKeysAsync() =>
        access.ConnectAsync(connection => connection.QueryAsync(null, "SELECT xml FROM cookie_keys ORDER BY name", r => r.GetString(0)));

    /// <summary>Adds a key. An existing key with this name is not changed.</summary>
    public Task AddCookieKeyAsync(string name, string xml) => access.TransactAsync(sql =>
        sql.Connection.ExecuteAsync(sql.Transaction, "INSERT INTO cookie_keys (name, xml) VALUES (@name, @xml) ON CONFLICT DO NOTHING",
            ("name", name), ("xml", xml)));
}
