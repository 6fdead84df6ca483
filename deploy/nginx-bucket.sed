# Makes nginx.conf ask nginx-bucket.conf for the site's files, which by itself it takes from a folder.
s#^    root /srv/portal/build;#    root /nonexistent;#
s#{ types { } default_type application/[a-z+]*; }#{ proxy_pass http://portal_site; proxy_intercept_errors on; }#
s#^    location / { try_files .*#    location / { proxy_pass http://portal_site; proxy_intercept_errors on; }\
    location = /503.html { proxy_pass http://portal_site; }#
s#^    location /static/ { try_files .*#    location /static/ { proxy_pass http://portal_site; proxy_intercept_errors on; error_page 404 503 = @app; }#
s#^        try_files .* @form;#        proxy_pass http://portal_site; proxy_intercept_errors on; error_page 403 404 405 503 = @form;#
s#^        try_files .*#        proxy_pass http://portal_site; proxy_intercept_errors on;#
